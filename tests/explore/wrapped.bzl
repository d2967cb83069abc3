"""Functions that a run of an exploration must see: the linker wraps them."""

# Heap code's own seams, by their mangled names: the lock, the reports, and the
# stack trace, which would walk a fiber's stack.
_HEADROOM = [
    "_ZN8headroom4Lock7AcquireEv",
    "_ZN8headroom4Lock10TryAcquireEv",
    "_ZN8headroom4Lock7ReleaseEv",
    "_ZN8headroom4Lock14ResetAfterForkEv",
    "_ZN8headroom12ReportMisuseENS_6MisuseEPKv",
    "_ZN8headroom13ReportBadCallENS_6MisuseEPKv",
    "_ZN8headroom12CaptureStackEPNS_10StackTraceEi",
]

_LIBC = [
    "memcpy",
    "memmove",
    "memset",
    "mmap",
    "madvise",
    "mprotect",
    "pthread_mutex_lock",
    "pthread_mutex_unlock",
    "syscall",
]

WRAP_LINKOPTS = ["-Wl,--wrap=" + name for name in _HEADROOM + _LIBC]
