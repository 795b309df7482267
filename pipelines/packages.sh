#!/usr/bin/env bash
# Installs those of the given Debian packages that are missing, and says so first.
# Usage: pipelines/packages.sh PACKAGE...      Silent, and without rights, when all are there.
set -euo pipefail

say() { echo "packages: $*" >&2; }

# Whether what a package is for is there. Whence it came does not matter, so other systems than Debian pass too.
is_there() {
    case $1 in
        libopenblas-dev) pkg-config --exists openblas ;;
        libarchive-dev) pkg-config --exists libarchive ;;
        zlib1g-dev) pkg-config --exists zlib ;;
        libsentencepiece-dev) pkg-config --exists sentencepiece ;;
        pkg-config) command -v pkg-config ;;
        g++) ls /usr/include/c++/*/string ;;
        gnuplot-nox) command -v gnuplot ;;
        *) false ;;
    esac >/dev/null 2>&1 || [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing=()
for package in "$@"; do
    is_there "$package" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

if ! command -v apt-get >/dev/null; then
    say "missing: ${missing[*]} (names of Debian 12), and there is no apt-get here."
    say "Install what your system calls them, then run make again; PACKAGES= skips this check."
    exit 1
fi

command=(apt-get)
if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
        say "missing: ${missing[*]}. You are not root and there is no sudo; have root run:"
        say "    apt-get update && apt-get install ${missing[*]}"
        exit 1
    fi
    command=(sudo apt-get)
fi
say "installing with ${command[*]}: ${missing[*]}"

# Without a terminal nobody can type a password.
[[ ${command[0]} == sudo && ! -t 0 ]] && command=(sudo --non-interactive apt-get)
apt() {
    "${command[@]/#apt-get/env}" DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null
}
install() { apt install -qq --yes -o Dpkg::Use-Pty=0 --no-install-recommends "${missing[@]}"; }

# A fresh machine has no package lists; an old one may have lists of packages that are gone.
if ! apt-get install --simulate "${missing[@]}" >/dev/null 2>&1 || ! install; then
    apt update -qq && install && exit 0
    say "apt-get failed, see above. Have root run: apt-get update && apt-get install ${missing[*]}"
    exit 1
fi
