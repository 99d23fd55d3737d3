// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import Foundation
import Sigstore
import TrustCore

/// Reads an identity token from a file or from standard input. What was read is never shown.
enum TokenFile {
    /// More cannot be a token, even with white space around it.
    private static let limit = IdentityToken.maximumLength + 1024

    /// The text of a file; of standard input for `-`.
    static func read(_ path: String) throws -> String {
        let bytes = path == "-" ? try standardInput() : try file(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(IdentityCode.tokenForm, "the identity token", expected: "text")
        }
        return text
    }

    private static func file(_ path: String) throws -> [UInt8] {
        guard let bytes = try DurableFile.read(path, maximumLength: limit) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        return bytes
    }

    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let piece: Data?
            do {
                piece = try FileHandle.standardInput.read(upToCount: limit + 1 - bytes.count)
            } catch {
                throw Failure(.disk, "could not read the identity token from standard input")
            }
            guard let piece, !piece.isEmpty else { return bytes }
            bytes += piece
        }
        throw Refusal(CoreCode.tooLarge, "the identity token", expected: "at most \(limit) bytes")
    }
}
