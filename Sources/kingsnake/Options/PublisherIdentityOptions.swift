// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import TrustCore

/// Who a publisher is, but for a repository on GitHub, which commands take with different liberties.
struct PublisherIdentityOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A project on GitLab, with its groups.", valueName: "group/project"))
    var gitlab: String?

    @Option(help: ArgumentHelp("An identity as certificates give it; needs --issuer.", valueName: "identity"))
    var identity: String?

    @Option(help: ArgumentHelp("SHA-256 of a key's SubjectPublicKeyInfo.", valueName: "hex"))
    var key: String?

    @Option(help: ArgumentHelp("Who vouches for the identity, or a GitLab server.", valueName: "url"))
    var issuer: String?

    @Option(
        name: .customLong("repository-id"),
        help: ArgumentHelp("The repository's number, which decides over its name.", valueName: "number")
    )
    var repositoryID: String?

    @Option(
        name: .customLong("owner-id"),
        help: ArgumentHelp("The owner's number, which decides over the owner's name.", valueName: "number")
    )
    var ownerID: String?

    /// What is given, by the names that policies have for it.
    var members: JSONObject {
        var object = JSONObject()
        let texts: [(String, String?)] = [
            ("gitlab", gitlab), ("identity", identity), ("key", key), ("issuer", issuer),
            ("repository_id", repositoryID), ("owner_id", ownerID),
        ]
        for (key, text) in texts { object[key] = text.map { .string($0) } }
        return object
    }
}
