# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced after lib.sh by scripts that do several things: `step NAME COMMAND…` runs one and notes the minutes it took.
# A failing step ends the script. The outermost script prints all notes when it ends, those of the scripts that it ran too.

STEP=
if [[ -z ${ZEROG_STEPS:-} ]]; then
	ZEROG_STEPS=$(mktemp)
	export ZEROG_STEPS
	trap 'finish outermost' EXIT
else
	trap finish EXIT
fi

step() {
	local start=$SECONDS
	STEP=$1
	printf '\n== %s\n' "$STEP"
	"${@:2}"
	note "$STEP" "$(minutes $((SECONDS - start)))"
	STEP=
}
note() { printf '%-24s %s\n' "$1" "$2" >>"$ZEROG_STEPS"; }
minutes() { printf '%3d min %02d s' $(($1 / 60)) $(($1 % 60)); }
finish() {
	local rc=$?
	[[ $rc == 0 || -z $STEP ]] || note "$STEP" FAILED
	[[ ${1:-} == outermost ]] || return 0
	note total "$(minutes $SECONDS)"
	printf '\n' && cat "$ZEROG_STEPS"
	rm -f "$ZEROG_STEPS"
}
