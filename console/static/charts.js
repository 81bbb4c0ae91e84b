// Draws what stands in data-chart of a canvas; colours are those of the page. Nothing moves: a figure is no show.
(() => {
  const look = getComputedStyle(document.documentElement)
  const colour = (name) => look.getPropertyValue(name).trim()
  const fills = ["--red", "--good", "--warn", "--focus"]
  // Lines can be told apart without colour: by their points and dashes.
  const points = ["circle", "rect", "triangle", "rectRot"], dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]]
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
    const told = JSON.parse(canvas.dataset.chart)
    const grid = { color: colour("--line") }
    const ticks = { color: colour("--ink") }
    new Chart(canvas, {
      type: told.kind || "bar",
      data: {
        labels: told.labels,
        datasets: told.series.map((one, place) => ({ label: one.title, data: one.values, backgroundColor: colour(fills[place]), borderColor: colour(fills[place]), pointStyle: points[place], pointRadius: 5, borderDash: dashes[place] })),
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        plugins: { legend: { labels: { color: colour("--ink"), usePointStyle: told.kind === "line" } } },
        scales: { x: { grid, ticks }, y: { grid, ticks: { ...ticks, precision: 0 }, beginAtZero: true, max: told.kind === "line" ? 100 : undefined } },
      },
    })
  }
})()
