/**
 * The hand-made material that cases are built from.
 *
 * Order and content of these lists decide which cases a random seed yields, and the ids of the
 * `core` rows: append to a list only together with newly recorded vectors.
 */

/** Keyword sources, in every case form, and tokens that merely look like them. */
export const KEYWORDS = [
  "'none'", "'NONE'", "'None'", "'self'", "'SELF'", "'Self'", 'self', 'none', '*', "'unsafe-inline'",
  "'unsafe-eval'", "'strict-dynamic'", "'report-sample'", "'wasm-unsafe-eval'", "'unsafe-hashes'",
  "'nonce-abc'", "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "'foo'",
];

/** Lists in which keywords meet each other or a host, and broken quoting. */
export const KEYWORD_LISTS = [
  "'none' 'self'", "'self' 'none'", "'none' https:", "'none' *", "* 'none'", "'none' 'none'",
  "'none' 'report-sample'", "'report-sample' 'none'", "'none' 'foo'", "'none' none", "'NONE' http://api.test",
  "'none' http://api.test", "'self' http://api.test", "'SELF' 'self'", "'unsafe-inline' http://api.test",
  "'unsafe-eval' 'self'", "'strict-dynamic' *", "'strict-dynamic' http: https:", "'strict-dynamic' 'self'",
  "'report-sample' 'self'", "'nonce-abc' *", "'nonce-abc' 'self'",
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'self'", "'foo' *", "'foo' 'self'", 'self *', 'none *',
  "'nonce-abc' 'strict-dynamic' http:", "''", "'", "'self", "self'", '"self"', "'self'api.test", "'self'/",
  "'*'", "'none';", '`self`', "'unsafe-allow-redirects'", "'unsafe-webtransport-hashes'",
  "'trusted-types-eval'",
];

/** Scheme sources, right and wrong. */
export const SCHEME_SOURCES = [
  'https:', 'http:', 'wss:', 'ws:', 'data:', 'blob:', 'ftp:', 'custom:', 'HTTPS:', 'Http:', 'WS:', 'https',
  'http', 'ws', 'wss', 'data', 'https://', 'http://', 'http:/', '://api.test', 'filesystem:', 'mediastream:',
  'file:', 'about:', 'javascript:', 'h+t-p.s:', '1http:', '*:', 'http::', ':', ':443', 'https:api.test',
  'http:/api.test', 'https:*',
];

/** What may stand before a host. */
export const HOST_PREFIXES = [
  '', 'http://', 'https://', 'ws://', 'wss://',
];

/** Hosts that are combined with every prefix. */
export const HOSTS = [
  'api.test', 'API.test', '*.api.test', '*.test', 'a.b.api.test', 'app.test', '*.app.test', 'localhost',
  '127.0.0.1', '10.0.0.1', '[::1]', '*',
];

/** Port parts that are combined with every prefix. */
export const PORTS = [
  ':80', ':443', ':8443', ':3000', ':*',
];

/** Path parts of a source expression. */
export const SOURCE_PATHS = [
  '', '/', '/a', '/a/', '/a/b', '/a/b.json', '/A', '/a%20b', '/%61', '/a%2Fb', '/a%2fb', '/a?x=1', '/a#f',
  '/a;b', '//a', '/a//b', '/a/b/', '/a%', '/a%zz', '/*', '/a*', '/a/*', '/./a', '/a/../b', '/a%3Fx', '/a%3Bb',
  "/a'b", '/a%2', '/%41', '/a+b', '/a=b&c', '/a:b', '/@a', '/a|b', '/a"b', '/a%252Fb', '?x', '#f',
];

/** Paths of a requested URL. */
export const URL_PATHS = [
  '/', '/a', '/a/', '/a/b', '/a/b.json', '/ab', '/A', '/a%20b', '/%61', '/a%2Fb', '/a%2fb', '/a/b?x=1',
  '/a?x=1', '/a#f', '/a;b', '/a%3Bb', '//a', '/a//b', '/a/b/', '/a/b/c', '/a+b', "/a'b", '/a%3Fx', '/*', '/a*',
  '/a%252Fb', '/a%', '/a:b', '/@a', '/b', '/?x=1',
];

/** Hosts and tokens at or past the edge of the grammar. */
export const ODD_HOSTS = [
  'xn--bcher-kva.test', 'http://xn--bcher-kva.test', 'a_b.test', 'http://a_b.test', '*.a_b.test', 'api.test.',
  'http://api.test.', '*.test.', '*.*.test', 'a.*.test', 'api.*', 'http://api.*', '*api.test',
  'http://*api.test', '*.', '*..test', '.api.test', 'api..test', '-api.test', 'api-.test', 'http://-api.test',
  '*.*', '**', '*.api.test:*', '//api.test', '//api.test/a', '//*', 'http*://api.test', '*://api.test', '*://*',
  'HTTP://api.test', 'HTTPS://API.TEST', 'Ws://api.test', 'custom://api.test', 'custom://*', 'ftp://api.test',
  'data://api.test', 'http:api.test', 'http://api.test:', 'api.test:', 'http://api.test:0', 'api.test:00080',
  'api.test:0443', 'http://api.test:0080', 'http://api.test:99999', 'api.test:-1', 'api.test:8o',
  'api.test:80:80', 'api.test:443/', 'http://user@api.test', 'http://u:p@api.test', 'user@api.test', '*:*',
  '*:8443', '*:80', '*:443', 'https://*', 'http://*', 'ws://*', 'wss://*', 'https://*:443', 'https://*:*',
  'http://*:*', 'http://*:80', 'http://*:8443', 'http://*:443', 'localhost:*', 'localhost:80',
  'http://localhost:*', 'http://127.0.0.1:*', '127.0.0.1:80', '127.0.0.1:*', 'http://127.0.0.1:80',
  'https://127.0.0.1', 'http://10.0.0.1:*', '127.1', 'http://127.1', '2130706433', '0x7f000001', '[::1]:80',
  'http://[::1]:*', 'http://[::1]:80', '[::]', '[0:0:0:0:0:0:0:1]', 'http://[::1', '::1', '*.0.0.1',
  '127.0.0.*', '*.127.0.0.1', 'http://*.localhost', '*.localhost', 'test', '*.com', 'http://api', 'api%2Etest',
  'http://api%2etest', 'http://api.test\\a', 'api.test*', 'http://api.test:80*', 'http://api.test:8443:',
  'http://', 'http:///a', '/a', './a', 'api.test/a', '*/a', '*:80/a', '*.api.test/a', 'http://*/a',
  'http://api.test:*/a', 'http://api.test:80/a', 'api_test', '~', '@', '&', '=', '{}', '<a>', '[]', '()', '%',
  '\\', '!', '$', 'a b c', '1', '0', '-', '_', '.', '..', '/', '//', '?', '#',
];

/** Whole policies: fallback, duplicates, white space, unknown and neighbouring directives. */
export const STRUCTURES = [
  'default-src', 'connect-src', 'connect-src ', 'connect-src;', ';connect-src', '', ' ', ';', ';;', 'img-src *',
  "img-src 'none'", "script-src 'none'", "default-src 'none'", "default-src 'self'", 'default-src *',
  'default-src http://api.test', 'default-src api.test', 'default-src https:', 'default-src http:',
  "default-src 'none'; connect-src *", "default-src *; connect-src 'none'", 'default-src *; connect-src',
  "default-src 'none'; connect-src http://api.test", "connect-src http://api.test; default-src 'none'",
  "default-src 'self'; connect-src api.test", "default-src http://api.test; img-src 'none'",
  "default-src 'none'; img-src *; script-src *", "default-src 'none'; script-src http://api.test",
  "default-src 'none'; child-src http://api.test; worker-src *", "default-src 'unsafe-inline'",
  "default-src 'unsafe-inline' 'self'", "default-src 'strict-dynamic' http:",
  "connect-src *; connect-src 'none'", "connect-src 'none'; connect-src *",
  'connect-src http://api.test; connect-src http://app.test', 'connect-src; connect-src *',
  "CONNECT-SRC 'none'; connect-src *", "Connect-Src *; connect-src 'none'", "connect-src *; CONNECT-SRC 'none'",
  "default-src 'none'; default-src *", "default-src *; default-src 'none'", "DEFAULT-SRC 'none'",
  "Default-Src 'none'; connect-src *", "CoNnEcT-sRc 'self'", 'CONNECT-SRC http://api.test',
  'connect-src\thttp://api.test', "connect-src\t'none'", 'connect-src   http://api.test',
  '  connect-src http://api.test', 'connect-src http://api.test  ', '\tconnect-src\thttp://api.test\t',
  'connect-src http://api.test\thttp://app.test', "connect-src  'self'   http://api.test ;",
  ";  ; connect-src 'none' ; ;", ' ;connect-src\t;', 'connect-src http://api.test ; foo',
  'connect-src http://api.test;foo bar baz', 'foo-src *; connect-src http://api.test; bar',
  "foo 'none'; connect-src *", "foo; bar; default-src 'none'", "connect-src-elem 'none'",
  "connect-source 'none'", "connectsrc 'none'", "connect_src 'none'", "connect-src: 'none'",
  "connect-src= 'none'", "'connect-src' 'none'", "xconnect-src 'none'",
  "connect-srcx 'none'; connect-src http://api.test", "connect-src'none'", 'connect-src:http://api.test',
  "policy: connect-src 'none'", "xhr-src 'none'", "prefetch-src 'none'", "prefetch-src 'none'; default-src *",
  "allow 'none'", "options inline; connect-src 'none'", 'upgrade',
  'block-all-mixed-content; connect-src http://api.test',
  "sandbox allow-scripts allow-forms allow-same-origin allow-top-navigation; connect-src 'none'",
  'referrer no-referrer; connect-src http://api.test', "report-uri /nope; connect-src 'none'",
  'report-to x; connect-src http://api.test', "connect-src 'none' report-uri /nope",
  'connect-src http://api.test report-uri /nope', "frame-ancestors 'none'; connect-src http://api.test",
  "require-trusted-types-for 'script'; connect-src http://api.test", "trusted-types *; connect-src 'none'",
  'connect-src http://other.test/a%3Bb http://api.test http://app.test',
  'connect-src http://api.test http://app.test http://other.test/a%3Bb',
  'connect-src http://other.test/a%2Cb http://api.test http://app.test', 'connect-src http://api.test/%2C',
  'connect-src http://other.test/a%20b http://api.test http://app.test',
  'connect-src http://other.test/%3Bimg-src http://api.test ws: ',
  'connect-src http://api.test http://api.test',
  'connect-src http://app.test http://api.test https://api.test:8443 ws://api.test wss:',
  "connect-src 'self' data: blob:", "connect-src 'none' data:", 'connect-src * data: blob:',
  "default-src 'none'; connect-src 'self'; connect-src *", "script-src 'self'; connect-src",
  "connect-src 'self' 'self'",
];

/** Policies with bytes outside tab and printable ASCII: each runs on a page of its own. */
export const SPECIAL_BYTES = [
  'connect-src\fhttp://api.test', 'connect-src http://api.test\fhttp://app.test', "connect-src 'none'\f",
  '\fconnect-src http://api.test', "img-src *;\fconnect-src 'none'", "connect-src\f'self'",
  'connect-src\vhttp://api.test', 'connect-src http://api.test\vhttp://app.test', "connect-src\xa0'none'",
  "connect-src 'none'\xa0", 'connect-src http://api.test\xa0http://app.test',
  'connect-src http://api.test \xa0 http://app.test', 'connect-src http://b\xfccher.test',
  'connect-src b\xfccher.test', 'connect-src http://api.test http://b\xfccher.test',
  'connect-src http://b\xfccher.test http://api.test', "connect-src 'self' \xe9", "connect-src \xe9 'self'",
  'connect-src \xe9', 'connect-src \xe9 *', 'connect-src * \xe9', 'img-src \xe9; connect-src http://api.test',
  "img-src \xe9; connect-src 'none'", 'connect-src http://api.test; img-src \xe9',
  "connect-src 'none'; img-src \xe9", '\xe9; connect-src http://api.test',
  "\xe9 'none'; connect-src http://api.test", "\xe9; connect-src 'none'", "connect-src 'none'; \xe9",
  "foo \xe9; connect-src 'none'", 'foo-src \xe9; connect-src http://api.test',
  "default-src \xe9; connect-src 'none'", "default-src 'none'; connect-src \xe9", 'default-src \xe9',
  'default-src http://api.test \xe9', 'connect-src \xe9; connect-src *',
  "connect-src\xe9 'none'; connect-src *", 'connect-src http://api.test/\xe9',
  'connect-src http://api.test/%C3%A9', 'connect-src http://app.test/\xe9 http://api.test',
  "connect-src 'nonce-\xe9' http://api.test", 'connect-src \ud83d\ude00 http://api.test',
  'connect-src http://api.test\u200b', 'report-uri /\xe9; connect-src http://api.test',
  'connect-src\u2028http://api.test', "connect-src \xe9; connect-src 'none'",
  'connect-src \xe9; connect-src http://api.test', "CONNECT-SRC \xe9; connect-src 'none'",
  "connect-src\xa0*; connect-src 'none'", "connect-src *\xa0; connect-src 'none'",
  'connect-src http://app.test \x7f; connect-src http://api.test', "default-src \xe9; default-src 'none'",
  'connect-src http://api.test; connect-src \xe9', "default-src 'none'; connect-src \xe9; connect-src *",
  "default-src \xe9; connect-src \xe9; default-src 'none'", 'connect-src http://api.test\x01',
  'connect-src \x7f http://api.test',
];

/** Header values that hold several policies (enforced pages only). */
export const COMMA_POLICIES = [
  'connect-src http://api.test, connect-src http://app.test', "connect-src *, connect-src 'none'",
  "connect-src 'none', connect-src *", 'connect-src http://api.test,connect-src *',
  'connect-src http://api.test, img-src *', "img-src *, connect-src 'self'", 'connect-src *,',
  ",connect-src 'none'", ',,connect-src http://api.test,,', ', ,', "default-src 'none', connect-src *",
  "connect-src *, default-src 'none'",
  'connect-src http://api.test http://app.test, connect-src http://api.test', 'connect-src http://api.test/a,b',
  'connect-src http://api.test,http://app.test', "connect-src 'self',http://api.test",
  "default-src *; connect-src http://api.test, connect-src http://api.test; img-src 'none'",
  'connect-src http:, connect-src ws: http://api.test', "connect-src 'self'; connect-src *, foo",
  "foo, connect-src 'none'", 'connect-src http: ws:\t,\tconnect-src ws: http://app.test',
  'connect-src http://api.test; , ; connect-src http://app.test',
  "connect-src 'self' http://api.test, default-src 'self'", 'img-src *, script-src *',
];

/** Where a same-origin URL redirects to. */
export const REDIRECT_TARGETS = [
  'http://app.test/a', 'http://app.test/b', 'http://api.test/a', 'http://api.test/b', 'http://api.test/a/b',
  'http://api.test:8443/a', 'http://api.test:3000/a', 'https://api.test/a', 'https://api.test/b',
  'https://api.test:8443/a', 'http://www.api.test/a', 'http://other.test/a', 'https://app.test/a',
  'https://app.test:8443/a', 'http://127.0.0.1/a', 'http://localhost/a',
];

/** Policies that every API is tried with. */
export const API_POLICIES = [
  "connect-src 'none'", "connect-src 'self'", 'connect-src *', 'connect-src http:', 'connect-src https:',
  'connect-src ws:', 'connect-src wss:', 'connect-src http: ws:', 'connect-src data: blob:',
  'connect-src http://api.test', 'connect-src https://api.test', 'connect-src api.test',
  'connect-src ws://api.test', 'connect-src wss://api.test', 'connect-src *.api.test',
  'connect-src http://api.test/a', 'connect-src https://api.test/a', 'connect-src api.test/a',
  'connect-src api.test:443', 'connect-src https://api.test:443', 'connect-src api.test:8443',
  'connect-src https://api.test:8443', 'connect-src api.test:*', 'connect-src http://app.test',
  'connect-src https://app.test', 'connect-src app.test', 'connect-src app.test:8443', 'connect-src',
  "default-src 'none'", "default-src 'self'", 'default-src http://api.test', 'default-src https://api.test',
  'default-src *', "default-src 'none'; connect-src http://api.test https://api.test",
  "default-src *; connect-src 'none'", "default-src *; connect-src 'self'", 'img-src *', "script-src 'none'",
  "script-src 'self'", "script-src *; connect-src 'none'", "default-src 'none'; script-src *",
  "default-src 'none'; worker-src *", "default-src 'none'; child-src *", "worker-src 'none'; connect-src *",
  "default-src 'none'; prefetch-src *", "default-src 'none'; img-src http: https:", "prefetch-src 'none'",
  "default-src 'none'; connect-src *",
];
