import Guarding
import HostSystem
import KafkaClient
import Secrets
import Testing
import Transport
import Web
import WebServer

/// Where AWS credentials are found, in which order, and what is said where they are not.
struct AwsCredentialChainTests {
    private static let json = """
        {"Code":"Success","AccessKeyId":"AKIAMETA","SecretAccessKey":"meta-secret","Token":"meta-token",
         "Expiration":"2025-01-02T03:04:05Z"}
        """
    private static let xml = """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey>
        <SessionToken>role-token==</SessionToken><Expiration>2025-01-02T03:04:05Z</Expiration>
        </Credentials></AssumeRoleResult></AssumeRoleResponse>
        """

    private func found(
        _ host: FakeHost, _ config: AwsMskIamConfig = AwsMskIamConfig(), _ endpoints: AwsEndpoints? = nil
    ) async throws -> AwsCredentials {
        try await AwsCredentialChain(config, world: host.world, endpoints: endpoints)
            .credentials(by: .after(.seconds(30)))
    }

    private func failure(
        _ host: FakeHost, _ config: AwsMskIamConfig = AwsMskIamConfig(), _ endpoints: AwsEndpoints? = nil
    ) async -> String {
        let failure = await #expect(throws: AwsCredentialChain.Failure.self) {
            try await found(host, config, endpoints)
        }
        return failure.map { "\($0)" } ?? ""
    }

    @Test("the environment comes first, and its secrets are registered")
    func environment() async throws {
        let host = FakeHost([
            "AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "env-secret", "AWS_SESSION_TOKEN": "env-token",
            "AWS_PROFILE": "other",
        ])
        let credentials = try await found(host)
        #expect(credentials.accessKeyID == "AKIA1")
        #expect(credentials.secretAccessKey == Secret("env-secret"))
        #expect(credentials.sessionToken == Secret("env-token"))
        #expect(host.secrets == [Secret("env-secret"), Secret("env-token")])
    }

    @Test("half an environment is a mistake, not a reason to log in as somebody else")
    func halfEnvironment() async {
        let said = await failure(FakeHost(["AWS_ACCESS_KEY_ID": "AKIA1"]))
        #expect(said.contains("AWS_SECRET_ACCESS_KEY is not"))
    }

    @Test("profiles are read from both files, the credentials file before the other")
    func profiles() async throws {
        let host = FakeHost(
            ["HOME": "/home/u", "AWS_PROFILE": "work"],
            files: [
                "/home/u/.aws/config": """
                # a comment
                [default]
                aws_access_key_id = AKIADEFAULT
                aws_secret_access_key = no
                [profile work]
                region = eu-central-1
                aws_access_key_id = AKIACONFIG
                s3 =
                  aws_access_key_id = NESTED
                [services work]
                aws_access_key_id = SERVICES
                """,
                "/home/u/.aws/credentials": "[work]\r\naws_access_key_id=AKIAWORK\r\naws_secret_access_key=a=b\r\n",
            ])
        let credentials = try await found(host)
        #expect(credentials.accessKeyID == "AKIAWORK")
        #expect(credentials.secretAccessKey == Secret("a=b"))
        let chain = AwsCredentialChain(AwsMskIamConfig(), world: host.world)
        #expect(await chain.region(by: .after(.seconds(30))) == "eu-central-1")
    }

    @Test("a profile that is asked for and missing ends the search")
    func missingProfile() async {
        let host = FakeHost([
            "AWS_PROFILE": "gone", "AWS_CONFIG_FILE": "/c", "AWS_SHARED_CREDENTIALS_FILE": "/s",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
        ])
        let said = await failure(host)
        #expect(said.contains("no profile 'gone' in /c or /s"), "\(said)")
        #expect(!said.contains("127.0.0.1:1"))
    }

    @Test("credential_process prints the credentials, or fails with its status")
    func process() async throws {
        let good = #"{"Version":1,"AccessKeyId":"AKIAPROC","SecretAccessKey":"p-secret","SessionToken":"p-token"}"#
        func host(_ command: String) -> FakeHost {
            FakeHost(["HOME": "/h"], files: ["/h/.aws/config": "[default]\ncredential_process = \(command)\n"])
        }
        let credentials = try await found(host("printf '%s' '\(good)'"))
        #expect(credentials.accessKeyID == "AKIAPROC")
        #expect(credentials.sessionToken == Secret("p-token"))
        #expect(await failure(host("exit 7")).contains("ended with status 7"))
        #expect(await failure(host("echo nothing")).contains("printed no credentials"))
    }

    @Test("a role of a profile is assumed with the source profile's credentials, by a signed request")
    func assumeRole() async throws {
        let server = try LocalWebServer { _ in LocalWebServer.Answer(status: 200, body: Self.xml) }
        defer { server.stop() }
        var endpoints = AwsEndpoints()
        endpoints.sts = server.url
        let host = FakeHost(
            ["HOME": "/h"],
            files: [
                "/h/.aws/config": """
                [default]
                role_arn = arn:aws:iam::1:role/R
                source_profile = base
                external_id = e/1
                [profile base]
                aws_access_key_id = AKIABASE
                aws_secret_access_key = base-secret
                region = eu-west-1
                """
            ])
        let credentials = try await found(host, AwsMskIamConfig(), endpoints)
        #expect(credentials.accessKeyID == "ASIAROLE")
        #expect(credentials.sessionToken == Secret("role-token=="))
        #expect(credentials.expiration == 1_735_787_045)
        let request = try #require(server.requests.first)
        #expect(
            request.body == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2FR"
                + "&RoleSessionName=sluice&ExternalId=e%2F1")
        let signed = try #require(request.headers["authorization"])
        #expect(signed.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIABASE/"))
        #expect(signed.contains("SignedHeaders=content-type;host;x-amz-date, Signature="))
        #expect(host.secrets.contains(Secret("role-secret")))
    }

    @Test("what STS refuses is said in its words")
    func refusedRole() async throws {
        let server = try LocalWebServer { _ in
            LocalWebServer.Answer(
                status: 403,
                body:
                    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>")
        }
        defer { server.stop() }
        var endpoints = AwsEndpoints()
        endpoints.sts = server.url
        var config = AwsMskIamConfig()
        config.roleARN = "arn:r"
        config.roleCredentials = .init(accessKeyID: "AKIA", secretAccessKey: Secret("s"))
        #expect(await failure(FakeHost([:]), config, endpoints).contains("STS answers 403 AccessDenied: not you"))
    }

    @Test("profiles that name each other as their source go in a circle")
    func circle() async {
        let host = FakeHost(
            ["HOME": "/h"],
            files: [
                "/h/.aws/config": """
                [default]
                role_arn = a
                source_profile = b
                [profile b]
                role_arn = b
                source_profile = default
                """
            ])
        #expect(await failure(host).contains("circle"))
    }

    @Test("a web identity token is traded for a role's credentials")
    func webIdentity() async throws {
        let server = try LocalWebServer { _ in LocalWebServer.Answer(status: 200, body: Self.xml) }
        defer { server.stop() }
        let host = FakeHost(
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:role", "AWS_ROLE_SESSION_NAME": "me",
                "AWS_ENDPOINT_URL_STS": server.url,
            ], files: ["/token": "ey.ey.sig\n"])
        #expect(try await found(host).accessKeyID == "ASIAROLE")
        let request = try #require(server.requests.first)
        #expect(request.body.hasSuffix("RoleSessionName=me&WebIdentityToken=ey.ey.sig"))
        #expect(request.headers["authorization"] == nil)
        #expect(host.secrets.contains(Secret("ey.ey.sig")))
    }

    @Test("a container's endpoint gets the token of the file that is named")
    func container() async throws {
        let server = try LocalWebServer { _ in LocalWebServer.Answer(status: 200, body: Self.json) }
        defer { server.stop() }
        let host = FakeHost(
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/creds",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
            ], files: ["/t": "Bearer abc\n"])
        let credentials = try await found(host)
        #expect(credentials.accessKeyID == "AKIAMETA")
        #expect(credentials.sessionToken == Secret("meta-token"))
        #expect(server.requests.first?.headers["authorization"] == "Bearer abc")

        var endpoints = AwsEndpoints()
        endpoints.container = server.url
        let relative = FakeHost(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"])
        #expect(try await found(relative, AwsMskIamConfig(), endpoints).accessKeyID == "AKIAMETA")
        #expect(server.requests.last?.path == "/v2/x")
    }

    @Test(
        "a container's token goes to no other machine in clear",
        arguments: [
            "http://example.com/creds", "http://127.0.0.1.example.com/", "http://localhost@example.com/",
            "ftp://localhost/",
        ])
    func foreignContainer(url: String) async {
        let said = await failure(FakeHost(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]))
        #expect(said.contains("neither https nor an address of this machine"))
    }

    @Test("instance metadata is asked in version 2, token first")
    func instanceMetadata() async throws {
        let server = try LocalWebServer { request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"): LocalWebServer.Answer(status: 200, body: "imds-token")
            case ("GET", "/latest/meta-data/iam/security-credentials/"):
                LocalWebServer.Answer(
                    status: request.headers["x-aws-ec2-metadata-token"] == "imds-token" ? 200 : 401, body: "my-role\n")
            case ("GET", "/latest/meta-data/iam/security-credentials/my-role"):
                LocalWebServer.Answer(status: 200, body: Self.json)
            default: LocalWebServer.Answer(status: 404, body: "")
            }
        }
        defer { server.stop() }
        var endpoints = AwsEndpoints()
        endpoints.instanceMetadata = server.url
        endpoints.metadataPatience = .seconds(20)
        let credentials = try await found(FakeHost([:]), AwsMskIamConfig(), endpoints)
        #expect(credentials.accessKeyID == "AKIAMETA")
        #expect(credentials.expiration == 1_735_787_045)
        #expect(server.requests.map(\.method) == ["PUT", "GET", "GET"])
        #expect(server.requests.first?.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
    }

    @Test("where there is nothing, every place is named with the reason")
    func nothing() async throws {
        var endpoints = AwsEndpoints()
        endpoints.instanceMetadata = "http://127.0.0.1:1"
        let said = await failure(FakeHost(["HOME": "/h"]), AwsMskIamConfig(), endpoints)
        for place in [
            "environment: AWS_ACCESS_KEY_ID", "web identity: ", "profile: no profile 'default'", "container: ",
        ] {
            #expect(said.contains(place), "\(said)")
        }
        #expect(said.contains("instance metadata: http://127.0.0.1:1/latest/api/token"), "\(said)")
    }
}
