// Asks for the station's answer while the app's script is still on its way; lib/early.ts takes it. Only what the first
// page is sure to ask for, in the same words: a scan is counted. Anything not plainly a code is left to the app.
(function () {
  var hash = /^#?\/?(?:pages\/scan\/index)?(\?.*)?$/.exec(location.hash)
  if (!hash) return
  var query = /[?&](s|q|scene)=/.test(hash[1] || '') ? hash[1] : location.search
  var code = /[?&]s=([0-9A-HJKMNP-TV-Z]{10})(&|$)/.exec(query)
  var grid = /[?&]grid_id=([\w-]+)(&|$)/.exec(query)
  if (!code || /[?&](q|scene)=/.test(query)) return
  var url = '/api/v1/scan/' + code[1] + (grid ? '?grid_id=' + grid[1] : '')
  var answer = fetch(url).then(function (got) {
    var wait = got.headers.get('Retry-After')
    return got.json().then(function (body) { return { status: got.status, body: body, headers: wait ? { 'Retry-After': wait } : {} } })
  }).catch(function () { return null })
  window.askedEarly = { url: url, answer: answer }
})()
