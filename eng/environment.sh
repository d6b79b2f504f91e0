# Sourced by ./lightcone, ./test and .ci/run: finds the .NET SDK and gives it a home. $root is the checkout.

DOTNET_NOLOGO=1
DOTNET_CLI_TELEMETRY_OPTOUT=1
DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_NOLOGO DOTNET_CLI_TELEMETRY_OPTOUT DOTNET_SKIP_FIRST_TIME_EXPERIENCE

# Batch systems and services may run without HOME, or with one that cannot be written; dotnet and its package cache need one.
if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-}" ]; then
    HOME="$root/artifacts/home"
    mkdir -p "$HOME" 2>/dev/null || true
    export HOME
fi

if ! command -v dotnet >/dev/null 2>&1 && [ -x "$HOME/.dotnet/dotnet" ]; then
    PATH="$HOME/.dotnet:$PATH"
    export PATH
fi

# A program's own launcher looks for .NET in the system's places only; tell it where the one on the PATH lives.
if [ -z "${DOTNET_ROOT:-}" ] && command -v dotnet >/dev/null 2>&1; then
    DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT
fi

need_dotnet() {
    if ! command -v dotnet >/dev/null 2>&1; then
        echo "error: this machine: the .NET SDK 10 was not found." >&2
        echo "  likely:  it is not installed, or not on the PATH" >&2
        echo "  do:      install the .NET 10 SDK (https://dotnet.microsoft.com/download, no root needed) and run this again" >&2
        exit 4
    fi
}
