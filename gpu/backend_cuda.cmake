set(AVAILABLE OFF)
set(REASON "this version has no cuda backend yet: use a CPU backend (accelbench list)")
