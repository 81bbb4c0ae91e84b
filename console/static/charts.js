// Draws what stands in data-chart of a canvas; colours are those of the page. Nothing moves: a figure is no show.
(() => {
  const look = getComputedStyle(document.documentElement)
  const colour = (name) => look.getPropertyValue(name).trim()
  const fills = ["--red", "--good", "--warn"]
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
    const told = JSON.parse(canvas.dataset.chart)
    const grid = { color: colour("--line") }
    const ticks = { color: colour("--ink") }
    new Chart(canvas, {
      type: "bar",
      data: {
        labels: told.labels,
        datasets: told.series.map((one, place) => ({ label: one.title, data: one.values, backgroundColor: colour(fills[place]) })),
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        plugins: { legend: { labels: { color: colour("--ink") } } },
        scales: { x: { grid, ticks }, y: { grid, ticks: { ...ticks, precision: 0 }, beginAtZero: true } },
      },
    })
  }
})()
