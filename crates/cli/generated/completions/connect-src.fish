# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_connect_src_global_optspecs
    string join \n h/help V/version
end

function __fish_connect_src_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_connect_src_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_connect_src_using_subcommand
    set -l cmd (__fish_connect_src_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c connect-src -n "__fish_connect_src_needs_command" -s h -l help -d 'Print help'
complete -c connect-src -n "__fish_connect_src_needs_command" -s V -l version -d 'Print version'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "check" -d 'Decide connections under a policy'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "diff" -d 'Say what a new policy allows and blocks that the old one did not'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "normalize" -d 'Print the shortest policy that decides the same in every browser'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "audit" -d 'Show every channel by which data can leave a page, the weakest first'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "test" -d 'Run tests of policies: what must be allowed, what must be blocked'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "lint" -d 'Find what is wrong with a policy, and fix it'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "generate" -d 'Write the smallest policy that allows what a site connects to, in the form that its server wants'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "simulate" -d 'Say what a new policy would have blocked and allowed of what was recorded'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "vendors" -d 'List services that sites connect to, find them in a policy or in traffic, and what a policy misses of them'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "scan" -d 'Find the connections that code makes, and decide them under a policy'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "explain" -d 'Explain a directive, keyword, kind of source, browser departure or rule of the linter'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "record" -d 'Record in a real browser what pages connect to'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "serve" -d 'Stand in front of an application, and take it from no policy to an enforced one'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "collect" -d 'Collect the reports of other servers\' pages'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "rollout" -d 'Say where a running server\'s rollouts stand, and go forward or back'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "reports" -d 'Print what was reported, in groups'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "suggest" -d 'Suggest the smallest policy that allows what was reported'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "token" -d 'Make, list and revoke the tokens of a server, also while it runs'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "backup" -d 'Copy the database, also while a server uses it'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "demo" -d 'Start the demo application alone, to try any server in front of it'
complete -c connect-src -n "__fish_connect_src_needs_command" -f -a "artifact" -d 'Print a file that is made from the declarations of the command line'
complete -c connect-src -n "__fish_connect_src_using_subcommand check" -l page -d 'The page that connects: what \'self\' stands for; without it, \'self\' matches nothing' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand check" -l browser -d 'Whose decision to give' -r -f -a "all\t'Chromium, Firefox and WebKit'
chromium\t'Chrome, Edge and all others on Blink'
firefox\t'Firefox'
webkit\t'Safari and WebKitGTK'
standard\t'The text of the standard, which no browser follows to the letter'"
complete -c connect-src -n "__fish_connect_src_using_subcommand check" -l api -d 'How the page connects, for targets that do not say it themselves' -r -f -a "fetch\t'fetch()'
xhr\t'XMLHttpRequest'
websocket\t'WebSocket'
eventsource\t'EventSource'
beacon\t'sendBeacon()'
ping\t'<a ping>'
fetchlater\t'fetchLater()'
webtransport\t'WebTransport'
json-module\t'import … with { type: \'json\' }'
text-module\t'import … with { type: \'text\' }'
webidentity\t'navigator.credentials.get({ identity })'
prefetch\t'<link rel=prefetch>'"
complete -c connect-src -n "__fish_connect_src_using_subcommand check" -l redirect -d 'Where the target redirects to; give it again for each further redirect' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand check" -l from -d 'Decide the connections of a file, which is recognised by its content' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand check" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand diff" -l page -d 'The page that has the policies: what \'self\' stands for; without it, some https page' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand diff" -l browser -d 'Whose decisions to compare' -r -f -a "all\t'Chromium, Firefox and WebKit'
chromium\t'Chrome, Edge and all others on Blink'
firefox\t'Firefox'
webkit\t'Safari and WebKitGTK'
standard\t'The text of the standard, which no browser follows to the letter'"
complete -c connect-src -n "__fish_connect_src_using_subcommand diff" -l config -d 'The configuration, for its [lint] section [default: connect-src.toml, if it is there]' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand diff" -l fail-on -d 'Which differences make the exit status 1' -r -f -a "allowed\t'Something is newly allowed'
blocked\t'Something is newly blocked'
any\t'Something is newly allowed or blocked'
findings\t'The linter has a new finding, a warning at least'
never\t'Nothing; only errors count'"
complete -c connect-src -n "__fish_connect_src_using_subcommand diff" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand diff" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand normalize" -l page -d 'The page that has the policy; without it, the result holds for every page' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand normalize" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand normalize" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand normalize" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand audit" -l page -d 'The page that has the policy: what \'self\' stands for; without it, some https page' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand audit" -l browser -d 'In whose browser' -r -f -a "all\t'Chromium, Firefox and WebKit'
chromium\t'Chrome, Edge and all others on Blink'
firefox\t'Firefox'
webkit\t'Safari and WebKitGTK'
standard\t'The text of the standard, which no browser follows to the letter'"
complete -c connect-src -n "__fish_connect_src_using_subcommand audit" -l level -d 'What must not be open; prints the edits that close it' -r -f -a "connect\t'The APIs that connect-src governs'
fetch\t'Whatever a page loads, too'
all\t'Everything, also what no policy governs'"
complete -c connect-src -n "__fish_connect_src_using_subcommand audit" -l connection-allowlist -d 'The value of a Connection-Allowlist header, in the place of the one that came with the policy' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand audit" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand audit" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand test" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'
junit\t'JUnit XML, for CI systems'"
complete -c connect-src -n "__fish_connect_src_using_subcommand test" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l page -d 'The page that has the policy: what \'self\' stands for, and whose reports go where' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l browser -d 'A browser that the page must work in, such as firefox or webkit@15; give it again for others' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l from -d 'The connections that the page makes, to compare: JSON Lines of {url, api, redirects}' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l beside -d 'The policy of another page of the origin: text, @FILE, or -; give it again for more' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l config -d 'The configuration, for its [lint] section [default: connect-src.toml, if it is there]' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l allow -d 'A rule, a group, or "all", to leave out; give it again for others' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l warn -d 'A rule, a group, or "all", whose findings are warnings' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l deny -d 'A rule, a group, or "all", whose findings are errors' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l level -d 'The least severity to show' -r -f -a "info\t'Everything'
warning\t'Warnings and errors'
error\t'Errors only'"
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l baseline -d 'A file of known findings, which are not shown again' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l format -d 'How to write the findings' -r -f -a "human\t'For people'
json\t'JSON Lines, one finding each; the fields are documented'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Annotations of GitHub Actions'
junit\t'JUnit XML, a test case for each rule'"
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l service-worker -d 'A service worker answers the page\'s fetches'
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l write-baseline -d 'Write what is found to the baseline, and succeed'
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l fix -d 'Apply the fixes that change no decision, and print or write the policy'
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l unsafe -d 'Also apply fixes that change what the policy decides'
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -l diff -d 'Show what --fix would change, and change nothing'
complete -c connect-src -n "__fish_connect_src_using_subcommand lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l from -d 'What knows of the connections: files, folders of source code, or - for standard input' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l page -d 'The page of connections that name none: what \'self\' stands for' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l server -d 'The server that wrote access logs in which no host stands' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l base -d 'The policy to extend: text, @FILE, or - for standard input; without it, connect-src alone' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l wildcards -d 'When hosts become a wildcard: never, ask (only say what it costs), or from how many on' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l env -d 'Where the policy is for' -r -f -a "development\t'A developer\'s machine: with its own servers, and reloading over a WebSocket'
production\t'Visitors\' machines: nothing on this machine, or in a private network'
any\t'Whatever the evidence says'"
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l without -d 'An origin that is not to be allowed; give it again for more' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l as -d 'Print nothing but the policy, in this form; what else there is to say goes to standard error' -r -f -a "header\t'The response header itself'
nginx\t'nginx: lines for a server or location block'
apache\t'Apache httpd: lines for `mod_headers`'
caddy\t'Caddy: a directive of a site in the Caddyfile'
express\t'Express: the helmet middleware'
next\t'Next.js: `next.config.mjs`'
vite\t'Vite: `vite.config.mjs`, for its development and preview servers'
headers-file\t'Netlify and Cloudflare Pages: the `_headers` file'
vercel\t'Vercel: `vercel.json`'
tauri\t'Tauri: `tauri.conf.json`'
electron\t'Electron: code for the main process'
extension\t'Browser extensions: `manifest.json`, version 3'
mcp\t'MCP Apps, `ChatGPT`: `_meta.ui.csp` and `openai/widgetCSP`'
ingress\t'Kubernetes: ingress-nginx annotation and `ConfigMap`'
rust\t'Rust: the layer of `connect-src-tower`'
meta\t'HTML: a meta element for the head'
connection-allowlist\t'The twin header `Connection-Allowlist` alone'"
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l report-only -d 'Only report what the policy would block'
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -l allowlist -d 'Write the twin header Connection-Allowlist too'
complete -c connect-src -n "__fish_connect_src_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l old -d 'The policy of before: text, @FILE, or - for standard input; empty for none' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l new -d 'The policy to come: text, @FILE, or - for standard input; empty for none' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l from -d 'What knows of the connections: files, folders of source code, or - for standard input' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l page -d 'The page of connections that name none: what \'self\' stands for' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l server -d 'The server that wrote access logs in which no host stands' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l browser -d 'Whose decisions to compare' -r -f -a "all\t'Chromium, Firefox and WebKit'
chromium\t'Chrome, Edge and all others on Blink'
firefox\t'Firefox'
webkit\t'Safari and WebKitGTK'
standard\t'The text of the standard, which no browser follows to the letter'"
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l fail-on -d 'Which differences make the exit status 1' -r -f -a "allowed\t'Something is newly allowed'
blocked\t'Something is newly blocked'
any\t'Something is newly allowed or blocked'
never\t'Nothing; only errors count'"
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand simulate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand vendors" -l policy -d 'The policy that may miss hosts of a service: text, @FILE, or - for standard input' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand vendors" -l from -d 'Find services in what is recorded here' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand vendors" -l page -d 'The page of connections that name none: what \'self\' stands for' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand vendors" -l server -d 'The server that wrote access logs in which no host stands' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand vendors" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand vendors" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand vendors" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l policy -d 'The policy that judges the connections: text, @FILE, or - for standard input' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l page -d 'The page that runs the code: what \'self\' and relative URLs stand for; nothing is fetched' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l browser -d 'Whose decisions to give' -r -f -a "all\t'Chromium, Firefox and WebKit'
chromium\t'Chrome, Edge and all others on Blink'
firefox\t'Firefox'
webkit\t'Safari and WebKitGTK'
standard\t'The text of the standard, which no browser follows to the letter'"
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l env -d 'A variable of the build\'s environment, before those of .env files; give it again for others' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l mode -d 'The mode of the build: which .env.MODE files count' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l min-confidence -d 'Leave out connections that are less sure' -r -f -a "low\t'Everything, also what may be something else'
medium\t'What such code usually does'
high\t'What the code says'"
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l baseline -d 'A file of known findings, which are not shown again' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l fail-on -d 'Which verdicts make the exit status 1' -r -f -a "blocked\t'A connection is blocked'
dynamic\t'A connection is blocked, or the code does not tell where it goes'
never\t'Nothing; only errors count'"
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l cache -d 'The folder for what is known of unchanged files [default: one in the user\'s cache]' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l jobs -d 'How many files to read at once [default: the number of processors]' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l format -d 'How to write the connections' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Annotations of GitHub Actions'"
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l exclude-tests -d 'Leave out tests, by the names of their files and folders'
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l no-ignore -d 'Read also what .gitignore names'
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l write-baseline -d 'Write what is found to the baseline, and succeed'
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l explain -d 'Show how each URL is known, from the call to the constants'
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -l no-cache -d 'Read every file anew'
complete -c connect-src -n "__fish_connect_src_using_subcommand scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand explain" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l crawl -d 'How many links to follow from page to page, within the same site' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l max-pages -d 'The most pages to visit' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l script -d 'JavaScript to run in each page once it has loaded, such as clicks; it may await' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l profile -d 'Keep cookies and logins in this folder; without it they are thrown away' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l out -d 'Where to write the recording; without it, to standard output' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l format -d 'How to write the recording' -r -f -a "jsonl\t'JSON Lines, a connection each; the fields are documented'
har\t'HAR, for developer tools'"
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l browser -d 'The browser: Chromium, or one that is made of it; without it, the first that is found' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l timeout -d 'How long a page may take to load, and again to come to rest' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l wait -d 'How long nothing new must happen before a page is left' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l login -d 'Open a window, and wait until you have logged in and pressed Enter'
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l all -d 'Also write what is no connection: documents, images, scripts; in HAR alone'
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l keep-csp -d 'Let the pages\' own policies block; without it, what they would block is only marked'
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -l insecure -d 'Accept certificates that cannot be verified'
complete -c connect-src -n "__fish_connect_src_using_subcommand record" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l config -d 'The configuration; docs/connect-src.example.toml shows all of it' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l listen -d 'Where browsers connect to [default: 127.0.0.1:8080]' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l admin -d 'Where API, metrics and commands connect to [default: 127.0.0.1:8081]' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l database -d 'The database; made if there is none [default: connect-src.db]' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l tls-cert -d 'The certificate that browsers get, in PEM; without it they connect in plain HTTP' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l tls-key -d 'The certificate\'s private key, in PEM' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l trusted-proxy -d 'An address or range whose X-Forwarded-For is believed; give it again for more' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l log -d 'How to write the log, on standard error' -r -f -a "human\t'For people'
json\t'For programs'
quiet\t'Warnings and errors alone'"
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l demo -d 'Try it on a small application that comes with it'
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -l durable -d 'Answer a report only when it is on the disk'
complete -c connect-src -n "__fish_connect_src_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l config -d 'The configuration; docs/connect-src.example.toml shows all of it' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l listen -d 'Where browsers connect to [default: 127.0.0.1:8080]' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l admin -d 'Where API, metrics and commands connect to [default: 127.0.0.1:8081]' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l database -d 'The database; made if there is none [default: connect-src.db]' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l tls-cert -d 'The certificate that browsers get, in PEM; without it they connect in plain HTTP' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l tls-key -d 'The certificate\'s private key, in PEM' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l trusted-proxy -d 'An address or range whose X-Forwarded-For is believed; give it again for more' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l log -d 'How to write the log, on standard error' -r -f -a "human\t'For people'
json\t'For programs'
quiet\t'Warnings and errors alone'"
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -l durable -d 'Answer a report only when it is on the disk'
complete -c connect-src -n "__fish_connect_src_using_subcommand collect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and not __fish_seen_subcommand_from status advance back" -s h -l help -d 'Print help'
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and not __fish_seen_subcommand_from status advance back" -f -a "status" -d 'Say where every rollout stands'
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and not __fish_seen_subcommand_from status advance back" -f -a "advance" -d 'Go one step forward: from observing to a trial, from the trial to enforcing for more and more clients'
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and not __fish_seen_subcommand_from status advance back" -f -a "back" -d 'Go one stage back'
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from status" -l site -d 'The host of a site, as the configuration has it; without it, the only site' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from status" -l route -d 'The path of a route, as the configuration has it; without it, the only route' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from status" -l server -d 'The admin address of the server' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from status" -l token-file -d 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from status" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from status" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l share -d 'For how many clients to enforce it; without it, as many as the plan\'s next step says' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l why -d 'Why, for the audit log' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l site -d 'The host of a site, as the configuration has it; without it, the only site' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l route -d 'The path of a route, as the configuration has it; without it, the only route' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l server -d 'The admin address of the server' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l token-file -d 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -l force -d 'Go although the violations speak against it'
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from advance" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from back" -l why -d 'Why, for the audit log' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from back" -l site -d 'The host of a site, as the configuration has it; without it, the only site' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from back" -l route -d 'The path of a route, as the configuration has it; without it, the only route' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from back" -l server -d 'The admin address of the server' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from back" -l token-file -d 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from back" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from back" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand rollout; and __fish_seen_subcommand_from back" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand reports" -l db -d 'The database; a server may be using it' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand reports" -l site -d 'The host of a site, as the configuration has it; without it, the only site' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand reports" -l route -d 'The path of a route, as the configuration has it; without it, the only route' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand reports" -l class -d 'Only reports of this class; give it again for more' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand reports" -l format -d 'How to write them' -r -f -a "human\t'For people'
json\t'For programs; the fields are those of the API'
csv\t'For spreadsheets'"
complete -c connect-src -n "__fish_connect_src_using_subcommand reports" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand reports" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l db -d 'The database; a server may be using it' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l site -d 'The host of a site, as the configuration has it; without it, the only site' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l route -d 'The path of a route, as the configuration has it; without it, the only route' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l without -d 'An origin that is not to be allowed, whoever connects to it; give it again for more' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l server -d 'The admin address of the server' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l token-file -d 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -l apply -d 'Put the policy on trial at the running server'
complete -c connect-src -n "__fish_connect_src_using_subcommand suggest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and not __fish_seen_subcommand_from new list revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and not __fish_seen_subcommand_from new list revoke" -f -a "new" -d 'Make a token, and print it this once'
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and not __fish_seen_subcommand_from new list revoke" -f -a "list" -d 'List the tokens, without their secrets'
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and not __fish_seen_subcommand_from new list revoke" -f -a "revoke" -d 'Remove a token; who is logged in with it is logged out'
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from new" -l role -d 'What it allows' -r -f -a "view\t'To look at everything'
change\t'To change everything, too'"
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from new" -l name -d 'Whose it is, for the audit log' -r
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from new" -l db -d 'The database; a server may be using it' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from new" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from new" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from list" -l db -d 'The database; a server may be using it' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from list" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from revoke" -l db -d 'The database; a server may be using it' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from revoke" -l format -d 'How to write the results' -r -f -a "human\t'For people'
json\t'For programs; the fields are documented'"
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into files and pipes'
never\t'Not even on a terminal'"
complete -c connect-src -n "__fish_connect_src_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c connect-src -n "__fish_connect_src_using_subcommand backup" -l db -d 'The database; a server may be using it' -r -F
complete -c connect-src -n "__fish_connect_src_using_subcommand backup" -s h -l help -d 'Print help'
complete -c connect-src -n "__fish_connect_src_using_subcommand demo" -s h -l help -d 'Print help'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and not __fish_seen_subcommand_from cli-md man openapi completions" -s h -l help -d 'Print help'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and not __fish_seen_subcommand_from cli-md man openapi completions" -f -a "cli-md" -d '`docs/cli.md`'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and not __fish_seen_subcommand_from cli-md man openapi completions" -f -a "man" -d 'The manual page of the command, or of one subcommand'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and not __fish_seen_subcommand_from cli-md man openapi completions" -f -a "openapi" -d '`docs/schema/openapi.json`'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and not __fish_seen_subcommand_from cli-md man openapi completions" -f -a "completions" -d 'Completions for a shell'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and __fish_seen_subcommand_from cli-md" -s h -l help -d 'Print help'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and __fish_seen_subcommand_from man" -s h -l help -d 'Print help'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and __fish_seen_subcommand_from openapi" -s h -l help -d 'Print help'
complete -c connect-src -n "__fish_connect_src_using_subcommand artifact; and __fish_seen_subcommand_from completions" -s h -l help -d 'Print help'
