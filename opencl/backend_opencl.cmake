set(AVAILABLE OFF)
set(REASON "this version has no opencl backend yet: use a CPU backend (accelbench list)")
