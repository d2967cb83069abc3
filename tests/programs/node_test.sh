#!/bin/bash
# node runs node_work.js (buffers, compression, hashes, worker threads, a child
# process) on both sides: the same lines.
source "$(dirname "$0")/lib.sh"
need node nodejs

on_both node "$(readlink -f "$(dirname "$0")/node_work.js")"
passed node
