// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of `Transport`: answers of a server that are wrong whatever the bytes may be.
@nonexhaustive
public enum TransportCode: String, RefusalCode {
    case insecureRedirect = "fetch.insecure-redirect"
    case encoding = "fetch.encoding"
    case pathEscape = "fetch.path-escape"

    /// False for a path, which somebody else wrote.
    public var accusesServer: Bool { self != .pathEscape }

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .insecureRedirect:
            return RefusalEntry(
                .invalid,
                "the server redirects from a protected address to an unprotected one",
                explanation:
                    "An `https:` address promises that nobody on the way reads or alters the transfer; a "
                    + "redirect to `http:`, or to anything that is not the web, quietly breaks that promise.",
                remedy: "use a mirror that stays on https, or write the other address into the configuration "
                    + "yourself"
            )
        case .encoding:
            return RefusalEntry(
                .invalid,
                "the server sent the file in another encoding than asked for",
                explanation:
                    "Digests are of the file itself. A transfer that is compressed on the way would have to "
                    + "be decompressed before anybody checked it, and its length says nothing about what it "
                    + "becomes.",
                remedy:
                    "tell the owner of the server to serve its files as they are, without compressing them"
            )
        case .pathEscape:
            return RefusalEntry(
                .invalid,
                "the path of a resource would lead out of its channel",
                explanation:
                    "Paths come from an index that somebody else wrote. `..`, a backslash, a query or a "
                    + "control "
                    + "character in one would make a mirror, or a folder on this machine, deliver something "
                    + "else.",
                remedy: "tell the owner of the channel which path is wrong"
            )
        }
    }
}
