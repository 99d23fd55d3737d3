// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What was seen of one entry of an archive.
enum SeenEntry {
    case file(sha256: Digest, size: UInt64)
    /// The path it leads to inside the package, and the text of its target.
    case symbolicLink(to: PrefixPath?, text: String)
    case directory
    /// A folder that other entries imply.
    case impliedDirectory

    var isDirectory: Bool {
        switch self {
        case .directory, .impliedDirectory: true
        case .file, .symbolicLink: false
        }
    }

    /// The word for messages.
    var kind: String {
        switch self {
        case .file: "a file"
        case .symbolicLink: "a symbolic link"
        case .directory, .impliedDirectory: "a folder"
        }
    }
}
