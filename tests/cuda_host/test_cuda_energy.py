#!/usr/bin/env python3
"""--energy with the energy counter of tests/cuda_host/nvml.c, whose truth is known."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from cli import CliTest, environment, main  # noqa: E402

ARGS = ["--energy", "--rounds", "2", "--min-time", "0.0001", "--backend", "cuda", "--baseline", "none",
        "matrix_sum", "--rows", "40", "--cols", "50"]


class EnergyTest(CliTest):
    def test_joules(self):
        env = environment(LD_LIBRARY_PATH=os.environ["NVML_FOLDER"])
        summaries = self.measure_json(*ARGS, "--out", "energy.json", env=env)["accelbench"]["summaries"]
        energies = [s["energy"] for s in summaries if "energy" in s]
        self.assertEqual(len(energies), 1)
        energy = energies[0]
        self.assertGreaterEqual(energy["window_s"], 5)
        self.assertGreater(energy["counter_steps"], 50)
        # 50 W, and up to 100 W for the one CPU that the kernel runs on.
        self.assertAlmostEqual(energy["idle_w"], 50, delta=15)
        self.assertGreater(energy["busy_w"], energy["idle_w"])
        self.assertLess(energy["busy_w"], 160)
        gigabytes = 1e-9 * 8000 * energy["runs"]
        joules = (energy["busy_w"] - energy["idle_w"]) * energy["window_s"]
        self.assertAlmostEqual(energy["joules_per_gb"], joules / gigabytes,
                               delta=1e-6 * energy["joules_per_gb"])

    def test_counter_that_stands_still(self):
        env = environment(LD_LIBRARY_PATH=os.environ["NVML_FOLDER"], CUDA_HOST_ENERGY="still")
        result = self.run_program(*ARGS, env=env)
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "--energy", "counter stands still")
        self.assertIn("cuda", result.text)  # what was measured before is not lost


if __name__ == "__main__":
    main()
