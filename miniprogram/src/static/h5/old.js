// For browsers too old for modules: the same station on a page that needs no script. Written in their language.
(function () {
  var code = /[?&]s=([^&#]+)/.exec(location.href)
  location.replace(code ? '/s/' + code[1] + '?plain=1' : '/s/')
})()
