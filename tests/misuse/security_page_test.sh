#!/bin/bash
# docs/security.md compares the allocators over every family of crimes.
exec /usr/bin/python3 tests/misuse/compare_peers.py --check docs/security.md
