-- The same request in the name of one agent after the other: wrk ... -s wrk.lua URL -- METHOD BODY TOKENS FIRST
-- The tokens are token<FIRST> and those after it, TOKENS of them.

local requests, at = {}, 0

function init(args)
  local method, body, tokens, first = args[1], args[2], tonumber(args[3]), tonumber(args[4])
  for n = 0, tokens - 1 do
    local headers = { ["Authorization"] = "Bearer token" .. (first + n), ["Content-Type"] = "application/json" }
    requests[n + 1] = wrk.format(method, nil, headers, body ~= "" and body or nil)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "refused": %d, "lost": %d, "p50": %f, "p99": %f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
