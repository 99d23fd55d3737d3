// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import TrustCore

/// A maintainers' list on disk, and how it looks to people and to programs.
enum MaintainersListFile {
    /// The bytes of a file that must be there.
    static func bytes(of path: String) throws -> [UInt8] {
        let limit = SignedChannel.metadataLimit
        guard let bytes = try DurableFile.read(try Folder.absolute(path), maximumLength: limit) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        return bytes
    }

    /// Says what whoever signs it vouches for, each file with a mark before it.
    static func show(
        _ list: MaintainersList,
        _ console: Console,
        mark: (ChannelFile) -> String = { _ in "" }
    ) {
        let package = list.package.map { "`\($0)`" } ?? "a package"
        console.say(
            "version \(list.version) of the files of \(package), good until \(list.expires): \(Counted(list.entries.count, "file"))"
        )
        for entry in list.entries {
            console.say(
                "  \(mark(entry.file))\(entry.file)  \(entry.length) bytes  \(entry.sha256?.description ?? "no SHA-256")"
            )
        }
    }

    /// One object for `--json`.
    static func json(_ list: MaintainersList) -> JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["package"] = list.package.map { .string($0.normalized) } ?? .null
        object["version"] = .number(JSONNumber(list.version))
        object["expires"] = .string(list.expires.description)
        object["signatures"] = .number(JSONNumber(Int64(list.signatureCount)))
        object["files"] = .array(
            list.entries.map { entry in
                [
                    "file": .string(entry.file.description),
                    "length": .number(JSONNumber(Int64(clamping: entry.length))),
                    "sha256": entry.sha256.map { .string($0.hex) } ?? .null,
                ]
            }
        )
        return object
    }
}
