// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Hummingbird
public import TrustCore

/// The refusals of a server's indexer: what somebody gave it for a channel's index or its signatures.
@nonexhaustive
public enum IndexCode: String, RefusalCode {
    case patch = "index.patch"
    case onlineKeys = "index.online-keys"
    case settings = "index.settings"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .patch:
            RefusalEntry(
                .invalid,
                "that is no patch of an index, or one that says too much",
                explanation:
                    "A patch corrects what packages say of themselves, such as their dependencies. Which bytes "
                    + "a record is about, and when it was listed, the server answers for.",
                remedy: "leave out name, version, build, subdir, digests and sizes"
            )
        case .onlineKeys:
            RefusalEntry(
                .policy,
                "the signed metadata do not name the online key that the server has",
                explanation:
                    "The server could sign neither index nor timestamp, and clients would refuse the channel as "
                    + "soon as the last timestamp expires.",
                remedy: "propose again with the public key that the server shows as the channel's online key"
            )
        case .settings:
            RefusalEntry(
                .invalid,
                "the channel's settings for its index are not what the server understands",
                explanation: "A subdir has a name that none can have, or a lifetime is out of range.",
                remedy: "correct the settings"
            )
        }
    }
}

extension IndexCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .patch, .settings: .unprocessableContent
        case .onlineKeys: .conflict
        }
    }
}
