import Foundation
import TLSFixtures
import Testing
import WebServer

/// Servers and scripts that try to get a canary out: still it comes out nowhere, as ``SecretWatch`` checks of each run.
@Suite struct SecretEchoTests {
    /// A login with a canary in it, by mechanism.
    struct Login: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var properties: String
        var environment: [String: String] = [:]
        /// Not where credentials have to be got first, of somebody who is not there.
        var isSent = true
    }

    private static func login(_ mechanism: String, _ module: String, _ more: String = "") -> String {
        """
        security.protocol=SASL_PLAINTEXT
        sasl.mechanism=\(mechanism)
        sasl.jaas.config=\(module);
        \(more)

        """
    }

    private static let package = "org.apache.kafka.common.security"

    private static let folder = try? TemporaryFolder()

    /// A file of AWS profiles; nil where it cannot be written, and then the login cannot work.
    private static let profiles = try? folder?.write(
        """
        [default]
        aws_access_key_id = AKIAEXAMPLE
        aws_secret_access_key = \(Canary.make(plain: true))
        aws_session_token = \(Canary.make(plain: true))

        """, to: "credentials")

    /// What gives the keys of a container's role to whoever has its token.
    private static let container: LocalWebServer? = {
        let (secret, token) = (Canary.make(plain: true), Canary.make(plain: true))
        let keys = #"""
            {"AccessKeyId":"AKIAEXAMPLE","SecretAccessKey":"\#(secret)","Token":"\#(token)",
             "Expiration":"2099-01-01T00:00:00Z"}
            """#
        return try? LocalWebServer { request in
            request.headers["authorization"] == nil
                ? LocalWebServer.Answer(status: 401, body: "") : LocalWebServer.Answer(status: 200, body: keys)
        }
    }()

    static let logins: [Login] = {
        let plain = "\(package).plain.PlainLoginModule required username=\"u\" password="
        let iam = "software.amazon.msk.auth.iam.IAMLoginModule required"
        let bearer = "\(package).oauthbearer.OAuthBearerLoginModule required"
        let environment = [
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": Canary.make(),
            "AWS_SESSION_TOKEN": Canary.make(), "AWS_REGION": "us-east-1",
        ]
        return [
            Login(testDescription: "PLAIN", properties: login("PLAIN", plain + "\"\(Canary.make())\"")),
            Login(
                testDescription: "a reference to the environment",
                properties: login("PLAIN", plain + "\"${env:MINE}\""),
                environment: ["MINE": Canary.make()]),
            Login(testDescription: "AWS_MSK_IAM", properties: login("AWS_MSK_IAM", iam), environment: environment),
            Login(
                testDescription: "AWS_MSK_IAM with keys of its own",
                properties: login(
                    "AWS_MSK_IAM",
                    iam + " awsRoleAccessKeyId=\"AKIAEXAMPLE\" awsRoleSecretAccessKey=\"\(Canary.make())\" "
                        + "awsRoleSessionToken=\"\(Canary.make())\" awsRoleArn=\"arn:aws:iam::123456789012:role/r\""),
                environment: ["AWS_REGION": "us-east-1", "https_proxy": "http://127.0.0.1:1"], isSent: false),
            Login(
                testDescription: "AWS_MSK_IAM with a profile's keys", properties: login("AWS_MSK_IAM", iam),
                environment: ["AWS_SHARED_CREDENTIALS_FILE": profiles ?? "", "AWS_REGION": "us-east-1"]),
            Login(
                testDescription: "AWS_MSK_IAM with a container's keys", properties: login("AWS_MSK_IAM", iam),
                environment: [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": (container?.url ?? "") + "/keys",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN": Canary.make(plain: true), "AWS_REGION": "us-east-1",
                ]),
            Login(
                testDescription: "OAUTHBEARER by IAM",
                properties: login(
                    "OAUTHBEARER", bearer,
                    "sasl.login.callback.handler.class="
                        + "software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler"), environment: environment),
            Login(
                testDescription: "an unsecured token",
                properties: login(
                    "OAUTHBEARER",
                    bearer + " unsecuredLoginStringClaim_sub=\"u\" unsecuredLoginStringClaim_pin="
                        + "\"\(Canary.make(plain: true))\"")),
            Login(
                testDescription: "SCRAM-SHA-512",
                properties: login(
                    "SCRAM-SHA-512",
                    "\(package).scram.ScramLoginModule required username=\"u\" password=\"\(Canary.make())\"")),
        ]
    }()

    /// Says what it can reach in ways that no list of encodings has.
    private static let thief = """
        local function every(text, f) return (tostring(text):gsub(".", f)) end
        local function tell(ctx, what, text)
          text = tostring(text)
          ctx:log(what .. " " .. text)
          ctx:log(what .. " " .. text:reverse())
          ctx:log(what .. " " .. every(text, function(c) return string.format("%02x", c:byte()) end))
          ctx:note(what, { text = text, backwards = text:reverse(), spread = every(text, "%0 ") })
        end
        local function walk(ctx, what, value, depth)
          if type(value) == "string" then tell(ctx, what, value) end
          if type(value) ~= "table" or depth > 4 then return end
          for key, inner in pairs(value) do
            tell(ctx, what, key)
            walk(ctx, what, inner, depth + 1)
          end
        end
        return {
          name = "thief", summary = "Tells all it can", phase = "preflight", clusters = { "target" }, probes = true,
          run = function(ctx)
            walk(ctx, "argument", ctx.args, 0)
            walk(ctx, "plan", ctx.plan, 0)
            for _, row in ipairs(ctx.target:probe {}) do
              local is_there, failure = pcall(function() return row.failure end)
              if not is_there then
                tell(ctx, "raised", failure)
                failure = row.error
              end
              tell(ctx, "probe", failure.message)
              walk(ctx, "failure", failure, 0)
            end
            for _, row in ipairs(ctx.target:describe {}) do
              tell(ctx, "row", row.error.message)
              ctx:acknowledge(row, "said " .. row.error.message:reverse())
              error(row.error.message:reverse())
            end
          end,
        }
        """

    @Test("A broker that repeats a login, and a script that twists it", arguments: logins, [10, 120, 150, 175, 190])
    func echoed(login: Login, padding: Int) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(login.properties, to: "client.properties")
        let thief = try folder.write(Self.thief, to: "thief.lua")
        try await EchoingBroker.with(padding: padding) { address in
            let run = try await SluiceCommand.run(
                [
                    "run", "auth_probe", thief, "--target", address, "--target-config", file, "--principal",
                    "me=\(file)",
                    "--allow", "plaintext_password", "--trace", "--detail", "--progress", "plain",
                ], environment: login.environment)
            #expect(run.exitCode == 1 || run.exitCode == 2, "\(run.errors)")
            let lines = try run.evidence
            // It was sent, came back, and the script got to see what is left of it.
            guard login.isSent else { return }
            let told = lines.of("log", gate: "thief").compactMap { $0["text"].string }
            for what in ["probe", "row"] {
                #expect(told.contains { $0.hasPrefix(what + " ") && $0.contains("....") }, "\(what): \(told)")
            }
        }
    }

    @Test(
        "A token endpoint that repeats what it was sent, and what it gives", arguments: [401, 200, 500], [0, 150, 185])
    func endpoint(status: Int, padding: Int) async throws {
        let (secret, token) = (Canary.make(), Canary.make(plain: true))
        let folder = try TemporaryFolder()
        let web = try LocalWebServer { request in
            let pad = String(repeating: ".", count: padding)
            // The token of a refusal would be none that the program has.
            let said = [pad, secret, request.headers["authorization"] ?? "", status == 200 ? token : ""]
                .joined(separator: " ")
            let words = String(decoding: (try? JSONEncoder().encode(said)) ?? Data(), as: UTF8.self)
            let given = status == 200 ? #""access_token":"\#(token)","# : ""
            return .init(status: status, body: #"{\#(given)"error":\#(words),"error_description":\#(words)}"#)
        }
        defer { web.stop() }
        let properties = Self.login(
            "OAUTHBEARER",
            "\(Self.package).oauthbearer.OAuthBearerLoginModule required clientId=\"me\" clientSecret=\"\(secret)\"",
            "sasl.oauthbearer.token.endpoint.url=\(web.url)/token?code=\(Canary.make(plain: true))")
        let file = try folder.write(properties, to: "client.properties")
        let thief = try folder.write(Self.thief, to: "thief.lua")
        try await EchoingBroker.with(padding: padding) { address in
            let run = try await SluiceCommand.run([
                "run", "auth_probe", thief, "--target", address, "--target-config", file, "--trace", "--detail",
                "--timeout", "20s",
            ])
            #expect(run.exitCode == 1 || run.exitCode == 2, "\(run.errors)")
            #expect(!web.requests.isEmpty)
        }
    }

    @Test("The passwords of stores and keys, right and wrong", arguments: [true, false], ["store", "key", "text"])
    func stores(isRight: Bool, kind: String) async throws {
        let authority = try TestAuthority()
        let identity = try authority.issue("me")
        let (password, other) = (Canary.make(), Canary.make())
        let given = isRight ? password : other
        var properties = "security.protocol=SSL\n"
        switch kind {
        case "store":
            try OpenSSLCommand.run(
                [
                    "pkcs12", "-export", "-inkey", identity.key, "-in", identity.certificate, "-out", "me.p12",
                    "-passout", "pass:\(password)",
                ], in: authority.folder)
            properties += "ssl.keystore.location=\(authority.path("me.p12"))\nssl.keystore.password=\(given)\n"
        default:
            try OpenSSLCommand.run(
                ["pkcs8", "-topk8", "-in", identity.key, "-out", "locked.key", "-passout", "pass:\(password)"],
                in: authority.folder)
            properties += "ssl.key.password=\(given)\n"
            if kind == "key" {
                properties += "ssl.key.location=\(authority.path("locked.key"))\n"
                properties += "ssl.certificate.location=\(identity.certificate)\n"
            } else {
                let key = try authority.read(authority.path("locked.key"))
                Canary.add(String(key.split(separator: "\n")[1]))
                let chain = try authority.read(identity.certificate)
                properties += "ssl.keystore.key=\(key.replacing("\n", with: "\\n"))\n"
                properties += "ssl.keystore.certificate.chain=\(chain.replacing("\n", with: "\\n"))\n"
            }
        }
        let file = try authority.write(properties, to: "client.properties")
        let run = try await SluiceCommand.run([
            "run", "tls_valid", "--target", "127.0.0.1:1", "--target-config", file, "--trace", "--detail",
        ])
        #expect(isRight ? run.exitCode == 1 || run.exitCode == 2 : run.exitCode == 78, "\(run.errors)")
    }

    @Test(
        "A private key on the command line, wherever it stands",
        arguments: [
            "ssl.keystore.key", "source.ssl.keystore.key", "source.ssl.keystore.certificate.chain", "ssl.key.location",
            "ssl.keystore.location", "source.client.id", "client.id", "sasl.mechanism", "security.protocol",
            "ssl.keystore.kye",
            "linger.ms",
        ])
    func privateKey(key: String) async throws {
        let authority = try TestAuthority()
        let text = try authority.read(try authority.issue("me").key)
        for line in text.split(separator: "\n") where !line.hasPrefix("-") && line.count > 30 {
            Canary.add(String(line))
        }
        for options in [[], ["-X", "security.protocol=SSL"]] where options.isEmpty || key != "security.protocol" {
            let run = try await SluiceCommand.run(
                ["run", "tls_valid", "--target", "127.0.0.1:1", "-X", "\(key)=\(text)"] + options)
            #expect([1, 2, 78].contains(run.exitCode), "\(run.errors)")
        }
    }
}
