-- wrk: posts of one report each, as browsers send them: every other one as Firefox does (application/csp-report), the
-- others as Chromium does (application/reports+json). Arguments: MIX POLICY.
--
--   spread   20,000 different posts in turn, of 1,000 blocked hosts and 200 pages: no post comes a second time soon
--   skewed   the same posts, some of them often and most of them seldom, as pages are visited (Zipf, exponent 1)
--   loop     the same post again and again: a loop in a script

local POSTS = 20000
local FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
local CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

local OLD = '{"csp-report":{"blocked-uri":"%s","column-number":%d,"disposition":"report","document-uri":"%s",'
  .. '"effective-directive":"connect-src","line-number":%d,"original-policy":"%s","referrer":"https://app.example.com/",'
  .. '"source-file":"%s","status-code":200,"violated-directive":"connect-src"}}'
local NEW = '[{"age":%d,"body":{"blockedURL":"%s","columnNumber":%d,"disposition":"report","documentURL":"%s",'
  .. '"effectiveDirective":"connect-src","lineNumber":%d,"originalPolicy":"%s","referrer":"https://app.example.com/",'
  .. '"sample":"","sourceFile":"%s","statusCode":200},"type":"csp-violation","url":"%s","user_agent":"%s"}]'

local seed = 12345
local function random(below)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return math.floor(seed / 65536) % below
end

local function post(number, policy)
  local blocked = string.format("https://b%03d.tracker.example.net/v1/collect", random(1000))
  local page = string.format("https://app.example.com/page/%03d", random(200))
  local script = string.format("https://app.example.com/static/js/main.%04x.js", random(16))
  local line, place = random(900) + 1, random(80) + 1
  if number % 2 == 0 then
    local body = string.format(OLD, blocked, place, page, line, policy, script)
    return wrk.format("POST", nil, { ["Content-Type"] = "application/csp-report", ["User-Agent"] = FIREFOX }, body)
  end
  local age = random(60000)
  local body = string.format(NEW, age, blocked, place, page, line, policy, script, page, CHROMIUM)
  return wrk.format("POST", nil, { ["Content-Type"] = "application/reports+json", ["User-Agent"] = CHROMIUM }, body)
end

-- Numbers of posts, each as often as Zipf's law has it.
local function zipf()
  local sums, sum = {}, 0
  for rank = 1, POSTS do
    sum = sum + 1 / rank
    sums[rank] = sum
  end
  local drawn = {}
  for index = 1, 100000 do
    local wanted = (random(32768) * 32768 + random(32768)) / 1073741824 * sum
    local low, high = 1, POSTS
    while low < high do
      local middle = math.floor((low + high) / 2)
      if sums[middle] < wanted then low = middle + 1 else high = middle end
    end
    drawn[index] = low
  end
  return drawn
end

local posts, order, turn = {}, nil, 0

function init(arguments)
  local mix, policy = arguments[1], arguments[2]
  local host = wrk.headers["Host"]
  for number = 1, mix == "loop" and 1 or POSTS do
    wrk.headers["Host"] = host
    posts[number] = post(number, policy)
  end
  if mix == "skewed" then order = zipf() end
end

function request()
  turn = turn % (order and #order or #posts) + 1
  return posts[order and order[turn] or turn]
end
