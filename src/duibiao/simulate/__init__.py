"""Simulated cities (模拟数据) to try the program on: coherent, reproducible, never mixed with real data."""

from duibiao.simulate.city import SimulatedCity, simulate_city
from duibiao.simulate.writing import write_city, write_faults

__all__ = ["SimulatedCity", "simulate_city", "write_city", "write_faults"]
