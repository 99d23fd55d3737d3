// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import TrustCore
import TrustPolicy

/// A publisher, as the command line gives it.
struct PublisherOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A repository on GitHub; `OWNER/*` for all of an owner's.",
            valueName: "owner/name"
        )
    )
    var github: String?

    @OptionGroup var identity: PublisherIdentityOptions

    @Option(help: ArgumentHelp("The workflow's file, such as release.yml.", valueName: "file"))
    var workflow: String?

    @Option(help: ArgumentHelp("A ref: refs/heads/main, refs/tags/* or refs/tags/.", valueName: "ref"))
    var ref: String?

    @Option(help: ArgumentHelp("The deployment environment.", valueName: "name"))
    var environment: String?

    @Option(help: ArgumentHelp("What starts the run, such as push.", valueName: "event"))
    var trigger: String?

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "What the certificate must say besides; may be given several times.",
            valueName: "name=value"
        )
    )
    var claim: [String] = []

    func validate() throws { _ = try publisher() }

    /// The publisher, read as policies are. What is wrong with it is a usage error.
    func publisher() throws -> Publisher {
        var object = identity.members
        let texts: [(String, String?)] = [
            ("github", github), ("workflow", workflow), ("ref", ref), ("environment", environment),
            ("trigger", trigger),
        ]
        for (key, text) in texts { object[key] = text.map { .string($0) } }
        let claims = try ClaimArgument.parse(claim)
        if claims.count > 0 { object["claims"] = .object(claims) }
        return try Self.publisher(object)
    }

    /// A publisher by the members that policies have.
    static func publisher(_ object: JSONObject) throws -> Publisher {
        do {
            return try Publisher(json: object)
        } catch let refusal as Refusal {
            let expected = refusal.expected.map { "; expected \($0)" } ?? ""
            let found = refusal.found.map { ", found \($0)" } ?? ""
            throw ValidationError("the publisher: \(refusal.code.entry.summary)\(expected)\(found)")
        }
    }
}
