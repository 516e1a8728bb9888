# What the scripts share. Sourced, never run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv="$root/.venv"

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "$(basename "$0"): $*"
    exit 1
}

# Half the memory in GiB and no more than the cores: a Beast file takes almost 1 GiB to compile.
jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/MemTotal/ {print int($2 / 1048576 / 2) + 1}' /proc/meminfo)
    echo $((cores < memory ? cores : memory))
}

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    cd "$root"
    # Each time: two seconds, and presets that changed take effect.
    mkdir -p "build/$preset"
    cmake --preset "$preset" >"build/$preset/configure.log" 2>&1 || {
        cat "build/$preset/configure.log" >&2
        fail "cmake failed"
    }
    ninja -C "build/$preset" -j "$(jobs)" "$@"
}

# The Go that builds the SDK tests: the machine's where tests/sdk/go/go.mod takes it, else one that
# scripts/setup --sdk fetches.
go_pinned=1.25.5
go_toolchain="$root/build/toolchains/go-$go_pinned"
go_program() {
    local wanted has
    wanted=$(sed -nE 's/^go ([0-9.]+)$/\1/p' "$root/tests/sdk/go/go.mod")
    has=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -1 || true)
    if [ -n "$has" ] && printf '%s\n' "$wanted" "$has" | sort -V -C; then
        command -v go
    else
        echo "$go_toolchain/bin/go"
    fi
}
