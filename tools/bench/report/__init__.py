"""The report of the contention benchmarks: `report.write(results, path)`.

Data are made here, plots by the page's own JavaScript with Apache ECharts.
Takes from: results.json. Gives to: the runner, people.
"""

from .page import write
