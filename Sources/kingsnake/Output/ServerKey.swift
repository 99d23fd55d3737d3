// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TrustCore

/// A key of a server of channels: from a file or the environment, never from the command line, which others
/// can see.
enum ServerKey {
    static let variable = "KINGSNAKE_API_KEY"
    private static let limit = 4096

    /// Gets the key without ever showing it.
    ///
    /// - Parameter file: what `--key-file` names.
    static func obtain(file: String?) throws -> String {
        if let file {
            guard let bytes = try DurableFile.read(file, maximumLength: limit) else {
                throw Failure(.disk, "there is no such file", at: file)
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(.configuration, "the file holds no key", at: file)
            }
            // Editors end files with a line's end.
            return String(decoding: Array(text.utf8.prefix { $0 > 0x20 }), as: UTF8.self)
        }
        if let key = EnvironmentVariable.value(variable) { return key }
        throw Failure(
            .configuration,
            "publishing needs a key of the server",
            remedy: "give `--key-file FILE`, or set \(variable)"
        )
    }
}
