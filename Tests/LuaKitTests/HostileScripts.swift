/// A script that means harm, and how it must end.
struct HostileScript: Sendable, CustomStringConvertible {
    enum Outcome: Sendable, Hashable {
        case deadline, memory
        /// An error whose message contains the text.
        case error(String)
        /// Any of those.
        case oneOf(Set<Outcome>)
        /// It returns, and what it returns is the text.
        case returns(String)

        var mayBeDeadline: Bool {
            switch self {
            case .deadline: true
            case .oneOf(let outcomes): outcomes.contains(.deadline)
            default: false
            }
        }
    }

    let name: String
    /// The body of the gate's function.
    let body: String
    let outcome: Outcome
    var description: String { name }

    /// Short where the deadline must end it; else so long that a slow machine does not meet it first.
    var time: Duration { outcome.mayBeDeadline ? .milliseconds(300) : .seconds(20) }

    init(_ name: String, _ outcome: Outcome, _ body: String) {
        self.name = name
        self.outcome = outcome
        self.body = body
    }

    static func absent(_ name: String) -> Outcome { .error("undeclared name '\(name)'") }

    static let all: [HostileScript] = [
        // Loops
        Self("spin", .deadline, "while true do end"),
        Self("goto-spin", .deadline, "::top:: goto top"),
        Self("for-maxint", .deadline, "for i = 1, math.maxinteger do end"),
        Self("pcall-spin", .deadline, "while true do pcall(function() while true do end end) end"),
        Self(
            "env-index-spin", .deadline,
            "local _ENV = setmetatable({}, { __index = function() while true do end end }) return x"),
        Self(
            "tostring-meta-spin", .deadline,
            "return tostring(setmetatable({}, { __tostring = function() while true do end end }))"),
        Self("sort-cmp-spin", .deadline, "table.sort({ 3, 2, 1 }, function() while true do end end)"),
        Self("pcall-chain", .deadline, "local function f(n) while true do pcall(f, n + 1) end end f(1)"),
        Self("pcall-overflow-spin", .deadline, "local function f() pcall(f) f() end while true do pcall(f) end"),
        Self("error-spin", .deadline, "while true do pcall(error, {}) end"),
        Self("pairs-spin", .deadline, "local t = { 1 } while true do for k in pairs(t) do end end"),
        Self(
            "pairs-sparse", .deadline,
            "local t = {} for i = 1, 500000 do t[i] = i end for i = 1, 500000 do t[i] = nil end "
                + "while true do pairs(t) end"),
        Self("pcall-tail", .deadline, "local function f() return pcall(f) end while true do f() end"),
        // Patterns and strings
        Self("pattern-exp-50B", .deadline, "return (('x'):rep(50)):find(('.-'):rep(8) .. 'b')"),
        Self("pattern-2000", .deadline, "return (('a'):rep(2000)):find(('a*'):rep(12) .. 'b')"),
        Self(
            "gsub-quadratic", .deadline,
            "local s = ('x'):rep(200000) while true do s:gsub('x*y', '') end"),
        Self(
            "gmatch-quadratic", .deadline,
            "for _ in (('x'):rep(1000000)):gmatch('.-y') do end while true do end"),
        Self("balance-quadratic", .deadline, "return (('('):rep(1000000)):find('%b()')"),
        Self("set-flood", .deadline, "return (('a'):rep(1000000)):find('[' .. ('b'):rep(1000000) .. ']')"),
        Self("backref-flood", .deadline, "return (('ab'):rep(500000)):find('(.+)%1%1c')"),
        Self(
            "plain-find-16MB", .deadline,
            "local a = ('a'):rep(1000000):rep(16) return a:find(('a'):rep(1000000):rep(8) .. 'b', 1, true)"),
        Self(
            "concat-loop", .deadline,
            "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(20000) end while true do local s = table.concat(t) end"),
        Self("lower-loop", .deadline, "local s = ('x'):rep(1000000):rep(10) while true do local t = s:lower() end"),
        Self("packsize-loop", .deadline, "local s = (' '):rep(1000000):rep(30) while true do string.packsize(s) end"),
        Self("utf8-loop", .deadline, "local s = ('x'):rep(1000000):rep(30) while true do utf8.len(s) end"),
        Self(
            "coercion-loop", .deadline,
            "local s = (' '):rep(1000000):rep(10) .. '1' "
                + "while true do local x = s + 0 end"),
        Self(
            "compare-loop", .deadline,
            "local s = ('x'):rep(1000000):rep(12) local a, b = s .. 'a', s .. 'b' while true do local x = a < b end"),
        Self("pattern-depth", .error("pattern too complex"), "return (('x'):rep(300000)):find(('x?'):rep(300000))"),
        // Ways out
        Self("xpcall-handler-spin", absent("xpcall"), "local function f() while true do end end xpcall(f, f)"),
        Self("load-binary", absent("load"), "return load('\\27Lua')"),
        Self("load-default", absent("load"), "return load('return 1')()"),
        Self("string-dump", .error("attempt to call a nil value"), "return string.dump(function() end)"),
        Self("require-io", absent("require"), "return require('io')"),
        Self("os-execute", absent("os"), "return os.execute('true')"),
        Self("debug-registry", absent("debug"), "return debug.getregistry()"),
        Self("coroutine-nest", absent("coroutine"), "return coroutine.wrap(function() end)()"),
        Self(
            "gc-spin", .error("gates cannot set __gc"),
            "setmetatable({}, { __gc = function() while true do end end }) while true do end"),
        Self(
            "gc-at-close", .error("gates cannot set __gc"),
            "kept = setmetatable({}, { __gc = function() while true do end end })"),
        Self(
            "close-spin", .error("gates cannot set __close"),
            "local x <close> = setmetatable({}, { __close = function() while true do end end })"),
        Self(
            "close-later-spin", .error("variable 'x' got a non-closable value"),
            "local m = {} local t = setmetatable({}, m) m.__close = function() while true do end end "
                + "local x <close> = t"
        ),
        // Tables
        Self(
            "table-insert-len", .error("plain table expected"),
            "table.insert(setmetatable({}, { __len = function() return 1 << 62 end }), 1, 1)"),
        Self("table-move-raw", .error("too many elements to move"), "table.move({}, 1, 1 << 62, 2)"),
        Self(
            "table-move-meta", .error("plain table expected"),
            "table.move(setmetatable({}, { __index = function() return 1 end }), 1, 100, 2)"),
        Self("rep-2^40", .error("more than 1000000 repetitions"), "return ('x'):rep(1 << 40)"),
        Self("format-width", .error("invalid"), "return ('%1000000d'):format(1)"),
        Self("unpack-1e7", .error("too many results to unpack"), "return table.unpack({}, 1, 10000000)"),
        Self(
            "unpack-overflow", .error("too many results to unpack"),
            "return table.unpack({}, math.mininteger, math.maxinteger)"),
        Self(
            "concat-overflow", .error("too many elements"),
            "return table.concat({}, '', math.mininteger, math.maxinteger)"),
        Self("byte-2MB", .error("string slice too long"), "return ('x'):rep(1000000):rep(2):byte(1, -1)"),
        // Memory
        Self("rep-double", .memory, "local s = 'x' while true do s = s:rep(2) end"),
        Self("mem-flood", .memory, "local t = {} for i = 1, math.maxinteger do t[i] = { i } end"),
        Self("error-30MB", .memory, "error(('x'):rep(1000000):rep(30))"),
        Self(
            "mem-flood-pcall", .deadline,
            "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end"),
        Self(
            "mem-at-the-cap", .oneOf([.deadline, .memory]),
            "local t = {} pcall(function() for i = 1, 1e9 do t[i] = { i } end end) "
                + "while true do local x = { {} } end"),
        Self(
            // By the deadline where a sanitizer makes each call slow.
            "recursion", .oneOf([.memory, .error("stack overflow"), .deadline]),
            "local function f() return 1 + f() end return f()"
        ),
        Self(
            "gsub-recursion", .error("C stack overflow"),
            "local function f(s) return (s:gsub('x', f)) end return f('x')"),
        Self(
            "pcall-recursion", .error("C stack overflow"),
            "local function f() local ok, e = pcall(f) if not ok then error(e, 0) end end f()"),
        Self(
            "sort-recursion", .error("C stack overflow"),
            "local function f() table.sort({ 2, 1 }, f) end f()"),
        Self(
            "index-recursion", .oneOf([.error("C stack overflow"), .error("stack overflow"), .memory]),
            "local t t = setmetatable({}, { __index = function(_, k) return t[k + 1] end }) return t[1]"),
        Self(
            "index-chain", .error("chain too long"),
            "local t = {} for i = 1, 3000 do t = setmetatable({}, { __index = t }) end return t.x"),
        Self(
            "tape-dag", .error("nested too deeply"), "local t = { 1 } for i = 1, 24 do t = { t, t } end a(t)"),
        Self(
            "tape-wide-dag", .error("more than 100000 elements"),
            "local t = { 1 } for i = 1, 10 do t = { t, t, t, t } end a(t)"),
        Self(
            "tape-flood", .error("more than 1 MiB"),
            "local s, t = ('x'):rep(500000), {} for i = 1, 1000 do t[i] = s end a(t)"),
        Self(
            "tape-sparse", .oneOf([.deadline, .error("more than 100000")]),
            "local s, t = {}, {} for i = 1, 500000 do s[i] = i end for i = 1, 500000 do s[i] = nil end "
                + "for i = 1, 90000 do t[i] = s end while true do a(t) end"),
        // Arithmetic and addresses
        Self(
            "int-min-div", .returns("-9223372036854775808 0"),
            "return (math.mininteger // -1) .. ' ' .. (math.mininteger % -1)"),
        Self("div-zero", .error("divide by zero"), "return 1 // 0"),
        Self("ptr-leak", .returns("(null) table"), "return ('%p '):format({}) .. tostring({})"),
        Self("global-write", .error("hostile.lua:1: assignment to global 'x'"), "x = 1"),
        Self("undeclared-read", .error("hostile.lua:1: undeclared name 'x'"), "return x"),
    ]
}
