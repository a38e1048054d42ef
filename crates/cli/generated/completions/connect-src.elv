
use builtin;
use str;

set edit:completion:arg-completer[connect-src] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'connect-src'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'connect-src'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand check 'Decide connections under a policy'
            cand diff 'Say what a new policy allows and blocks that the old one did not'
            cand normalize 'Print the shortest policy that decides the same in every browser'
            cand audit 'Show every channel by which data can leave a page, the weakest first'
            cand test 'Run tests of policies: what must be allowed, what must be blocked'
            cand lint 'Find what is wrong with a policy, and fix it'
            cand generate 'Write the smallest policy that allows what a site connects to, in the form that its server wants'
            cand simulate 'Say what a new policy would have blocked and allowed of what was recorded'
            cand vendors 'List services that sites connect to, find them in a policy or in traffic, and what a policy misses of them'
            cand scan 'Find the connections that code makes, and decide them under a policy'
            cand explain 'Explain a directive, keyword, kind of source, browser departure or rule of the linter'
            cand record 'Record in a real browser what pages connect to'
            cand serve 'Stand in front of an application, and take it from no policy to an enforced one'
            cand collect 'Collect the reports of other servers'' pages'
            cand rollout 'Say where a running server''s rollouts stand, and go forward or back'
            cand reports 'Print what was reported, in groups'
            cand suggest 'Suggest the smallest policy that allows what was reported'
            cand token 'Make, list and revoke the tokens of a server, also while it runs'
            cand backup 'Copy the database, also while a server uses it'
            cand demo 'Start the demo application alone, to try any server in front of it'
            cand artifact 'Print a file that is made from the declarations of the command line'
        }
        &'connect-src;check'= {
            cand --page 'The page that connects: what ''self'' stands for; without it, ''self'' matches nothing'
            cand --browser 'Whose decision to give'
            cand --api 'How the page connects, for targets that do not say it themselves'
            cand --redirect 'Where the target redirects to; give it again for each further redirect'
            cand --from 'Decide the connections of a file, which is recognised by its content'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;diff'= {
            cand --page 'The page that has the policies: what ''self'' stands for; without it, some https page'
            cand --browser 'Whose decisions to compare'
            cand --config 'The configuration, for its [lint] section [default: connect-src.toml, if it is there]'
            cand --fail-on 'Which differences make the exit status 1'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;normalize'= {
            cand --page 'The page that has the policy; without it, the result holds for every page'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;audit'= {
            cand --page 'The page that has the policy: what ''self'' stands for; without it, some https page'
            cand --browser 'In whose browser'
            cand --level 'What must not be open; prints the edits that close it'
            cand --connection-allowlist 'The value of a Connection-Allowlist header, in the place of the one that came with the policy'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;test'= {
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;lint'= {
            cand --page 'The page that has the policy: what ''self'' stands for, and whose reports go where'
            cand --browser 'A browser that the page must work in, such as firefox or webkit@15; give it again for others'
            cand --from 'The connections that the page makes, to compare: JSON Lines of {url, api, redirects}'
            cand --beside 'The policy of another page of the origin: text, @FILE, or -; give it again for more'
            cand --config 'The configuration, for its [lint] section [default: connect-src.toml, if it is there]'
            cand --allow 'A rule, a group, or "all", to leave out; give it again for others'
            cand --warn 'A rule, a group, or "all", whose findings are warnings'
            cand --deny 'A rule, a group, or "all", whose findings are errors'
            cand --level 'The least severity to show'
            cand --baseline 'A file of known findings, which are not shown again'
            cand --format 'How to write the findings'
            cand --color 'When to use colours'
            cand --service-worker 'A service worker answers the page''s fetches'
            cand --write-baseline 'Write what is found to the baseline, and succeed'
            cand --fix 'Apply the fixes that change no decision, and print or write the policy'
            cand --unsafe 'Also apply fixes that change what the policy decides'
            cand --diff 'Show what --fix would change, and change nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;generate'= {
            cand --from 'What knows of the connections: files, folders of source code, or - for standard input'
            cand --page 'The page of connections that name none: what ''self'' stands for'
            cand --server 'The server that wrote access logs in which no host stands'
            cand --base 'The policy to extend: text, @FILE, or - for standard input; without it, connect-src alone'
            cand --wildcards 'When hosts become a wildcard: never, ask (only say what it costs), or from how many on'
            cand --env 'Where the policy is for'
            cand --without 'An origin that is not to be allowed; give it again for more'
            cand --as 'Print nothing but the policy, in this form; what else there is to say goes to standard error'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand --report-only 'Only report what the policy would block'
            cand --allowlist 'Write the twin header Connection-Allowlist too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;simulate'= {
            cand --old 'The policy of before: text, @FILE, or - for standard input; empty for none'
            cand --new 'The policy to come: text, @FILE, or - for standard input; empty for none'
            cand --from 'What knows of the connections: files, folders of source code, or - for standard input'
            cand --page 'The page of connections that name none: what ''self'' stands for'
            cand --server 'The server that wrote access logs in which no host stands'
            cand --browser 'Whose decisions to compare'
            cand --fail-on 'Which differences make the exit status 1'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;vendors'= {
            cand --policy 'The policy that may miss hosts of a service: text, @FILE, or - for standard input'
            cand --from 'Find services in what is recorded here'
            cand --page 'The page of connections that name none: what ''self'' stands for'
            cand --server 'The server that wrote access logs in which no host stands'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;scan'= {
            cand --policy 'The policy that judges the connections: text, @FILE, or - for standard input'
            cand --page 'The page that runs the code: what ''self'' and relative URLs stand for; nothing is fetched'
            cand --browser 'Whose decisions to give'
            cand --env 'A variable of the build''s environment, before those of .env files; give it again for others'
            cand --mode 'The mode of the build: which .env.MODE files count'
            cand --min-confidence 'Leave out connections that are less sure'
            cand --baseline 'A file of known findings, which are not shown again'
            cand --fail-on 'Which verdicts make the exit status 1'
            cand --cache 'The folder for what is known of unchanged files [default: one in the user''s cache]'
            cand --jobs 'How many files to read at once [default: the number of processors]'
            cand --format 'How to write the connections'
            cand --color 'When to use colours'
            cand --exclude-tests 'Leave out tests, by the names of their files and folders'
            cand --no-ignore 'Read also what .gitignore names'
            cand --write-baseline 'Write what is found to the baseline, and succeed'
            cand --explain 'Show how each URL is known, from the call to the constants'
            cand --no-cache 'Read every file anew'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;explain'= {
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;record'= {
            cand --crawl 'How many links to follow from page to page, within the same site'
            cand --max-pages 'The most pages to visit'
            cand --script 'JavaScript to run in each page once it has loaded, such as clicks; it may await'
            cand --profile 'Keep cookies and logins in this folder; without it they are thrown away'
            cand --out 'Where to write the recording; without it, to standard output'
            cand --format 'How to write the recording'
            cand --browser 'The browser: Chromium, or one that is made of it; without it, the first that is found'
            cand --timeout 'How long a page may take to load, and again to come to rest'
            cand --wait 'How long nothing new must happen before a page is left'
            cand --color 'When to use colours'
            cand --login 'Open a window, and wait until you have logged in and pressed Enter'
            cand --all 'Also write what is no connection: documents, images, scripts; in HAR alone'
            cand --keep-csp 'Let the pages'' own policies block; without it, what they would block is only marked'
            cand --insecure 'Accept certificates that cannot be verified'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;serve'= {
            cand --config 'The configuration; docs/connect-src.example.toml shows all of it'
            cand --listen 'Where browsers connect to [default: 127.0.0.1:8080]'
            cand --admin 'Where API, metrics and commands connect to [default: 127.0.0.1:8081]'
            cand --database 'The database; made if there is none [default: connect-src.db]'
            cand --tls-cert 'The certificate that browsers get, in PEM; without it they connect in plain HTTP'
            cand --tls-key 'The certificate''s private key, in PEM'
            cand --trusted-proxy 'An address or range whose X-Forwarded-For is believed; give it again for more'
            cand --log 'How to write the log, on standard error'
            cand --demo 'Try it on a small application that comes with it'
            cand --durable 'Answer a report only when it is on the disk'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;collect'= {
            cand --config 'The configuration; docs/connect-src.example.toml shows all of it'
            cand --listen 'Where browsers connect to [default: 127.0.0.1:8080]'
            cand --admin 'Where API, metrics and commands connect to [default: 127.0.0.1:8081]'
            cand --database 'The database; made if there is none [default: connect-src.db]'
            cand --tls-cert 'The certificate that browsers get, in PEM; without it they connect in plain HTTP'
            cand --tls-key 'The certificate''s private key, in PEM'
            cand --trusted-proxy 'An address or range whose X-Forwarded-For is believed; give it again for more'
            cand --log 'How to write the log, on standard error'
            cand --durable 'Answer a report only when it is on the disk'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;rollout'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand status 'Say where every rollout stands'
            cand advance 'Go one step forward: from observing to a trial, from the trial to enforcing for more and more clients'
            cand back 'Go one stage back'
        }
        &'connect-src;rollout;status'= {
            cand --site 'The host of a site, as the configuration has it; without it, the only site'
            cand --route 'The path of a route, as the configuration has it; without it, the only route'
            cand --server 'The admin address of the server'
            cand --token-file 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;rollout;advance'= {
            cand --share 'For how many clients to enforce it; without it, as many as the plan''s next step says'
            cand --why 'Why, for the audit log'
            cand --site 'The host of a site, as the configuration has it; without it, the only site'
            cand --route 'The path of a route, as the configuration has it; without it, the only route'
            cand --server 'The admin address of the server'
            cand --token-file 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand --force 'Go although the violations speak against it'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;rollout;back'= {
            cand --why 'Why, for the audit log'
            cand --site 'The host of a site, as the configuration has it; without it, the only site'
            cand --route 'The path of a route, as the configuration has it; without it, the only route'
            cand --server 'The admin address of the server'
            cand --token-file 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;reports'= {
            cand --db 'The database; a server may be using it'
            cand --site 'The host of a site, as the configuration has it; without it, the only site'
            cand --route 'The path of a route, as the configuration has it; without it, the only route'
            cand --class 'Only reports of this class; give it again for more'
            cand --format 'How to write them'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;suggest'= {
            cand --db 'The database; a server may be using it'
            cand --site 'The host of a site, as the configuration has it; without it, the only site'
            cand --route 'The path of a route, as the configuration has it; without it, the only route'
            cand --without 'An origin that is not to be allowed, whoever connects to it; give it again for more'
            cand --server 'The admin address of the server'
            cand --token-file 'The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand --apply 'Put the policy on trial at the running server'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;token'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand new 'Make a token, and print it this once'
            cand list 'List the tokens, without their secrets'
            cand revoke 'Remove a token; who is logged in with it is logged out'
        }
        &'connect-src;token;new'= {
            cand --role 'What it allows'
            cand --name 'Whose it is, for the audit log'
            cand --db 'The database; a server may be using it'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;token;list'= {
            cand --db 'The database; a server may be using it'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;token;revoke'= {
            cand --db 'The database; a server may be using it'
            cand --format 'How to write the results'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'connect-src;backup'= {
            cand --db 'The database; a server may be using it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'connect-src;demo'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'connect-src;artifact'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand cli-md '`docs/cli.md`'
            cand man 'The manual page of the command, or of one subcommand'
            cand openapi '`docs/schema/openapi.json`'
            cand completions 'Completions for a shell'
        }
        &'connect-src;artifact;cli-md'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'connect-src;artifact;man'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'connect-src;artifact;openapi'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'connect-src;artifact;completions'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}
