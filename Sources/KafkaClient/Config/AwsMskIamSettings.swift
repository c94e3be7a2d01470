import Secrets

extension SettingTable {
    /// Where AWS credentials come from, out of the options of the login module.
    func awsMskIam(_ login: SaslLogin) throws(ConfigError) -> AwsMskIamConfig {
        var aws = AwsMskIamConfig()
        aws.profileName = login["awsProfileName"]
        aws.roleARN = login["awsRoleArn"]
        aws.roleSessionName = login["awsRoleSessionName"]
        aws.roleExternalID = login["awsRoleExternalId"]
        aws.stsRegion = login["awsStsRegion"]
        aws.debugCredentials = login["awsDebugCreds"]?.lowercased() == "true"
        if let id = login["awsRoleAccessKeyId"] {
            aws.roleCredentials = AwsMskIamConfig.Credentials(
                accessKeyID: id, secretAccessKey: Secret(try required("awsRoleSecretAccessKey", in: login)),
                sessionToken: login["awsRoleSessionToken"].map { Secret($0) })
        }
        return aws
    }
}
