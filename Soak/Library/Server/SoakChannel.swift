// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys

/// A channel that the soak publishes to.
struct SoakChannel: Sendable, Hashable {
    let name: String
    let isPrivate: Bool
    /// A number of a file's name belongs to one channel only.
    let generation: Int
    /// What clients have pinned.
    var root: [UInt8] = []

    static let subdirs = ["noarch", "linux-64"]
}

/// Keys of the server, in clear: for those who use them, and for the search for them.
struct SoakKeys: Sendable {
    /// The administrator's.
    var administrator = ""
    /// The owner's of all channels.
    var owner = ""
    /// One that may only publish.
    var publisher = ""
    /// One that may only read.
    var reader = ""

    var all: [(String, String)] {
        [
            (administrator, "the administrator's key"), (owner, "the owner's key"),
            (publisher, "a publisher's key"), (reader, "a reader's key"),
        ]
    }
}
