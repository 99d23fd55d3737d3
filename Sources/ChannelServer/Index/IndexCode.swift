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
    case packageKeys = "index.package-keys"

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
        case .packageKeys:
            RefusalEntry(
                .policy,
                "the key manager's metadata do not name the package keys that the server has",
                explanation:
                    "The server signs records in full, with its own keys. Clients would refuse every record that too "
                    + "few of the keys that are named have signed.",
                remedy:
                    "name the key that `kingsnake server content-trust prepare` shows, in the profile `conda`"
            )
        }
    }
}

extension IndexCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .patch, .settings: .unprocessableContent
        case .onlineKeys, .packageKeys: .conflict
        }
    }
}
