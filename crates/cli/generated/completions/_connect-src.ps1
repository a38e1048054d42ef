
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'connect-src' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'connect-src'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'connect-src' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Decide connections under a policy')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Say what a new policy allows and blocks that the old one did not')
            [CompletionResult]::new('normalize', 'normalize', [CompletionResultType]::ParameterValue, 'Print the shortest policy that decides the same in every browser')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Show every channel by which data can leave a page, the weakest first')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Run tests of policies: what must be allowed, what must be blocked')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Find what is wrong with a policy, and fix it')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Write the smallest policy that allows what a site connects to, in the form that its server wants')
            [CompletionResult]::new('simulate', 'simulate', [CompletionResultType]::ParameterValue, 'Say what a new policy would have blocked and allowed of what was recorded')
            [CompletionResult]::new('vendors', 'vendors', [CompletionResultType]::ParameterValue, 'List services that sites connect to, find them in a policy or in traffic, and what a policy misses of them')
            [CompletionResult]::new('scan', 'scan', [CompletionResultType]::ParameterValue, 'Find the connections that code makes, and decide them under a policy')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a directive, keyword, kind of source, browser departure or rule of the linter')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Record in a real browser what pages connect to')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Stand in front of an application, and take it from no policy to an enforced one')
            [CompletionResult]::new('collect', 'collect', [CompletionResultType]::ParameterValue, 'Collect the reports of other servers'' pages')
            [CompletionResult]::new('rollout', 'rollout', [CompletionResultType]::ParameterValue, 'Say where a running server''s rollouts stand, and go forward or back')
            [CompletionResult]::new('reports', 'reports', [CompletionResultType]::ParameterValue, 'Print what was reported, in groups')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Suggest the smallest policy that allows what was reported')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Make, list and revoke the tokens of a server, also while it runs')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy the database, also while a server uses it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Start the demo application alone, to try any server in front of it')
            [CompletionResult]::new('artifact', 'artifact', [CompletionResultType]::ParameterValue, 'Print a file that is made from the declarations of the command line')
            break
        }
        'connect-src;check' {
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page that connects: what ''self'' stands for; without it, ''self'' matches nothing')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'Whose decision to give')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'How the page connects, for targets that do not say it themselves')
            [CompletionResult]::new('--redirect', '--redirect', [CompletionResultType]::ParameterName, 'Where the target redirects to; give it again for each further redirect')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Decide the connections of a file, which is recognised by its content')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;diff' {
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page that has the policies: what ''self'' stands for; without it, some https page')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'Whose decisions to compare')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, for its [lint] section [default: connect-src.toml, if it is there]')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Which differences make the exit status 1')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;normalize' {
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page that has the policy; without it, the result holds for every page')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;audit' {
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page that has the policy: what ''self'' stands for; without it, some https page')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'In whose browser')
            [CompletionResult]::new('--level', '--level', [CompletionResultType]::ParameterName, 'What must not be open; prints the edits that close it')
            [CompletionResult]::new('--connection-allowlist', '--connection-allowlist', [CompletionResultType]::ParameterName, 'The value of a Connection-Allowlist header, in the place of the one that came with the policy')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;test' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;lint' {
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page that has the policy: what ''self'' stands for, and whose reports go where')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'A browser that the page must work in, such as firefox or webkit@15; give it again for others')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The connections that the page makes, to compare: JSON Lines of {url, api, redirects}')
            [CompletionResult]::new('--beside', '--beside', [CompletionResultType]::ParameterName, 'The policy of another page of the origin: text, @FILE, or -; give it again for more')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, for its [lint] section [default: connect-src.toml, if it is there]')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'A rule, a group, or "all", to leave out; give it again for others')
            [CompletionResult]::new('--warn', '--warn', [CompletionResultType]::ParameterName, 'A rule, a group, or "all", whose findings are warnings')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'A rule, a group, or "all", whose findings are errors')
            [CompletionResult]::new('--level', '--level', [CompletionResultType]::ParameterName, 'The least severity to show')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'A file of known findings, which are not shown again')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the findings')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--service-worker', '--service-worker', [CompletionResultType]::ParameterName, 'A service worker answers the page''s fetches')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Write what is found to the baseline, and succeed')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Apply the fixes that change no decision, and print or write the policy')
            [CompletionResult]::new('--unsafe', '--unsafe', [CompletionResultType]::ParameterName, 'Also apply fixes that change what the policy decides')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Show what --fix would change, and change nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;generate' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'What knows of the connections: files, folders of source code, or - for standard input')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page of connections that name none: what ''self'' stands for')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server that wrote access logs in which no host stands')
            [CompletionResult]::new('--base', '--base', [CompletionResultType]::ParameterName, 'The policy to extend: text, @FILE, or - for standard input; without it, connect-src alone')
            [CompletionResult]::new('--wildcards', '--wildcards', [CompletionResultType]::ParameterName, 'When hosts become a wildcard: never, ask (only say what it costs), or from how many on')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Where the policy is for')
            [CompletionResult]::new('--without', '--without', [CompletionResultType]::ParameterName, 'An origin that is not to be allowed; give it again for more')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Print nothing but the policy, in this form; what else there is to say goes to standard error')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--report-only', '--report-only', [CompletionResultType]::ParameterName, 'Only report what the policy would block')
            [CompletionResult]::new('--allowlist', '--allowlist', [CompletionResultType]::ParameterName, 'Write the twin header Connection-Allowlist too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;simulate' {
            [CompletionResult]::new('--old', '--old', [CompletionResultType]::ParameterName, 'The policy of before: text, @FILE, or - for standard input; empty for none')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'The policy to come: text, @FILE, or - for standard input; empty for none')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'What knows of the connections: files, folders of source code, or - for standard input')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page of connections that name none: what ''self'' stands for')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server that wrote access logs in which no host stands')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'Whose decisions to compare')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Which differences make the exit status 1')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;vendors' {
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy that may miss hosts of a service: text, @FILE, or - for standard input')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Find services in what is recorded here')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page of connections that name none: what ''self'' stands for')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server that wrote access logs in which no host stands')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;scan' {
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy that judges the connections: text, @FILE, or - for standard input')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page that runs the code: what ''self'' and relative URLs stand for; nothing is fetched')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'Whose decisions to give')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'A variable of the build''s environment, before those of .env files; give it again for others')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'The mode of the build: which .env.MODE files count')
            [CompletionResult]::new('--min-confidence', '--min-confidence', [CompletionResultType]::ParameterName, 'Leave out connections that are less sure')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'A file of known findings, which are not shown again')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Which verdicts make the exit status 1')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'The folder for what is known of unchanged files [default: one in the user''s cache]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many files to read at once [default: the number of processors]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the connections')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--exclude-tests', '--exclude-tests', [CompletionResultType]::ParameterName, 'Leave out tests, by the names of their files and folders')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Read also what .gitignore names')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Write what is found to the baseline, and succeed')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show how each URL is known, from the call to the constants')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Read every file anew')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;explain' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;record' {
            [CompletionResult]::new('--crawl', '--crawl', [CompletionResultType]::ParameterName, 'How many links to follow from page to page, within the same site')
            [CompletionResult]::new('--max-pages', '--max-pages', [CompletionResultType]::ParameterName, 'The most pages to visit')
            [CompletionResult]::new('--script', '--script', [CompletionResultType]::ParameterName, 'JavaScript to run in each page once it has loaded, such as clicks; it may await')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Keep cookies and logins in this folder; without it they are thrown away')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Where to write the recording; without it, to standard output')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the recording')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'The browser: Chromium, or one that is made of it; without it, the first that is found')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a page may take to load, and again to come to rest')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long nothing new must happen before a page is left')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--login', '--login', [CompletionResultType]::ParameterName, 'Open a window, and wait until you have logged in and pressed Enter')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Also write what is no connection: documents, images, scripts; in HAR alone')
            [CompletionResult]::new('--keep-csp', '--keep-csp', [CompletionResultType]::ParameterName, 'Let the pages'' own policies block; without it, what they would block is only marked')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept certificates that cannot be verified')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;serve' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration; docs/connect-src.example.toml shows all of it')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where browsers connect to [default: 127.0.0.1:8080]')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Where API, metrics and commands connect to [default: 127.0.0.1:8081]')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database; made if there is none [default: connect-src.db]')
            [CompletionResult]::new('--tls-cert', '--tls-cert', [CompletionResultType]::ParameterName, 'The certificate that browsers get, in PEM; without it they connect in plain HTTP')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'The certificate''s private key, in PEM')
            [CompletionResult]::new('--trusted-proxy', '--trusted-proxy', [CompletionResultType]::ParameterName, 'An address or range whose X-Forwarded-For is believed; give it again for more')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'How to write the log, on standard error')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Try it on a small application that comes with it')
            [CompletionResult]::new('--durable', '--durable', [CompletionResultType]::ParameterName, 'Answer a report only when it is on the disk')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;collect' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration; docs/connect-src.example.toml shows all of it')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where browsers connect to [default: 127.0.0.1:8080]')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Where API, metrics and commands connect to [default: 127.0.0.1:8081]')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database; made if there is none [default: connect-src.db]')
            [CompletionResult]::new('--tls-cert', '--tls-cert', [CompletionResultType]::ParameterName, 'The certificate that browsers get, in PEM; without it they connect in plain HTTP')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'The certificate''s private key, in PEM')
            [CompletionResult]::new('--trusted-proxy', '--trusted-proxy', [CompletionResultType]::ParameterName, 'An address or range whose X-Forwarded-For is believed; give it again for more')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'How to write the log, on standard error')
            [CompletionResult]::new('--durable', '--durable', [CompletionResultType]::ParameterName, 'Answer a report only when it is on the disk')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;rollout' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say where every rollout stands')
            [CompletionResult]::new('advance', 'advance', [CompletionResultType]::ParameterValue, 'Go one step forward: from observing to a trial, from the trial to enforcing for more and more clients')
            [CompletionResult]::new('back', 'back', [CompletionResultType]::ParameterValue, 'Go one stage back')
            break
        }
        'connect-src;rollout;status' {
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'The host of a site, as the configuration has it; without it, the only site')
            [CompletionResult]::new('--route', '--route', [CompletionResultType]::ParameterName, 'The path of a route, as the configuration has it; without it, the only route')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The admin address of the server')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;rollout;advance' {
            [CompletionResult]::new('--share', '--share', [CompletionResultType]::ParameterName, 'For how many clients to enforce it; without it, as many as the plan''s next step says')
            [CompletionResult]::new('--why', '--why', [CompletionResultType]::ParameterName, 'Why, for the audit log')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'The host of a site, as the configuration has it; without it, the only site')
            [CompletionResult]::new('--route', '--route', [CompletionResultType]::ParameterName, 'The path of a route, as the configuration has it; without it, the only route')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The admin address of the server')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Go although the violations speak against it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;rollout;back' {
            [CompletionResult]::new('--why', '--why', [CompletionResultType]::ParameterName, 'Why, for the audit log')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'The host of a site, as the configuration has it; without it, the only site')
            [CompletionResult]::new('--route', '--route', [CompletionResultType]::ParameterName, 'The path of a route, as the configuration has it; without it, the only route')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The admin address of the server')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;reports' {
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'The database; a server may be using it')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'The host of a site, as the configuration has it; without it, the only site')
            [CompletionResult]::new('--route', '--route', [CompletionResultType]::ParameterName, 'The path of a route, as the configuration has it; without it, the only route')
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only reports of this class; give it again for more')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write them')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;suggest' {
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'The database; a server may be using it')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'The host of a site, as the configuration has it; without it, the only site')
            [CompletionResult]::new('--route', '--route', [CompletionResultType]::ParameterName, 'The path of a route, as the configuration has it; without it, the only route')
            [CompletionResult]::new('--without', '--without', [CompletionResultType]::ParameterName, 'An origin that is not to be allowed, whoever connects to it; give it again for more')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The admin address of the server')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--apply', '--apply', [CompletionResultType]::ParameterName, 'Put the policy on trial at the running server')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;token' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make a token, and print it this once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the tokens, without their secrets')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Remove a token; who is logged in with it is logged out')
            break
        }
        'connect-src;token;new' {
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'What it allows')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Whose it is, for the audit log')
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'The database; a server may be using it')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;token;list' {
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'The database; a server may be using it')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;token;revoke' {
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'The database; a server may be using it')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to write the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'connect-src;backup' {
            [CompletionResult]::new('--db', '--db', [CompletionResultType]::ParameterName, 'The database; a server may be using it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'connect-src;demo' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'connect-src;artifact' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('cli-md', 'cli-md', [CompletionResultType]::ParameterValue, '`docs/cli.md`')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'The manual page of the command, or of one subcommand')
            [CompletionResult]::new('openapi', 'openapi', [CompletionResultType]::ParameterValue, '`docs/schema/openapi.json`')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Completions for a shell')
            break
        }
        'connect-src;artifact;cli-md' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'connect-src;artifact;man' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'connect-src;artifact;openapi' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'connect-src;artifact;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
