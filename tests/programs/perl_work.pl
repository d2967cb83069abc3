# Work for perl_test.sh. Each job returns a text that depends on every byte it
# made; the end prints its hash.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use threads;

my $state = 1;
sub random { $state = ($state * 1103515245 + 12345) % 2147483648; return ($state >> 8) % $_[0] }

sub strings {
  my ($text, @kept) = ('');
  for my $i (1 .. 60000) {
    $text .= chr(33 + $i % 90) x random(20);
    if (length $text > 50000) {
      push @kept, reverse $text;
      substr($text, random(1000), 40000) = '';
    }
    shift @kept if @kept > 30;
  }
  return join ',', @kept;
}

sub tables {
  my %table;
  for my $i (1 .. 80000) {
    my $key = 'key' . random(20000);
    push @{ $table{$key}{list} }, $i;
    $table{$key}{text} .= "<$i>";
    delete $table{ 'key' . random(20000) } if $i % 2;
  }
  return join "\n", map { "$_ @{$table{$_}{list}} $table{$_}{text}" } sort keys %table;
}

sub patterns {
  my $text = join ' ', map { "user$_\@host" . $_ % 97 . '.example' } 1 .. 20000;
  my @found = $text =~ /(\w+)\@(host\d*7)\.example/g;
  (my $changed = $text) =~ s/user(\d+)/sprintf '%x', $1/ge;
  return join(' ', @found) . $changed . join '', sort split //, substr $changed, 0, 100000;
}

sub closures {
  my @made;
  for my $i (1 .. 20000) {
    my @own = (1 .. $i % 30);
    push @made, sub { push @own, $_[0]; return scalar @own };
    splice @made, random(scalar @made), 1 if @made > 3000;
  }
  return join ' ', map { $_->(1) + $_->(2) } @made;
}

# Freeing a deep and a circular structure, and many lines through a pipe.
sub structures {
  my $list;
  $list = [$list, "n$_" x 3] for 1 .. 50000;
  my ($text, $length) = ('', 0);
  while ($list) { $length += length $list->[1]; $list = $list->[0] }
  my $child = open(my $pipe, '-|') // die "fork: $!";
  if (!$child) {
    print "line $_ ", 'y' x ($_ % 100), "\n" for 1 .. 20000;
    exit 0;
  }
  $text .= $_ while <$pipe>;
  close $pipe or die "the child failed: $?";
  return "$length $text";
}

sub in_threads {
  my @threads = map {
    my $seed = $_;
    threads->create(sub { $state = $seed; sha256_hex(tables() . strings()) })
  } 1 .. 4;
  return join ' ', map { $_->join } @threads;
}

for my $job (qw(strings tables patterns closures structures in_threads)) {
  my $text = do { no strict 'refs'; &$job() };
  print "$job ", length $text, ' ', sha256_hex($text), "\n";
}
