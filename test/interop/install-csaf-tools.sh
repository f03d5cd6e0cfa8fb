#!/usr/bin/env bash
# gocsaf's checker and downloader, pinned, below .interop/bin; needs Go and its module proxy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# 3.6 and later want a newer Go than Debian has.
GOBIN="$PWD/.interop/bin" go install github.com/gocsaf/csaf/v3/cmd/csaf_checker@v3.5.1 github.com/gocsaf/csaf/v3/cmd/csaf_downloader@v3.5.1
