// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TUF
import TrustCore

/// The plan of a committed publication, as it is written beside the staged files: the file `0` goes to the
/// first target, `1` to the second, and so on; then files are removed.
///
/// Whoever opens a channel follows the plan it finds, so what it says is foreign: see ``check(_:in:)``.
struct PlannedMoves {
    static let fileName = "plan.json"
    private static let limits = JSONLimits(bytes: 256 << 20)

    let targets: [String]
    let removals: [String]

    init(targets: [String], removals: [String]) {
        self.targets = targets
        self.removals = removals
    }

    /// Reads the plan in a folder; nil if there is none. One of another schema is a `Failure`: what its members
    /// mean is not known here.
    init?(in folder: String) throws {
        let path = folder + "/" + Self.fileName
        guard let bytes = try DurableFile.read(path, maximumLength: Self.limits.bytes) else { return nil }
        let fields = try JSONFields(try JSONReader.read(bytes, of: path, limits: Self.limits), of: path)
        let schema = try fields.integer("schema")
        guard schema == 1 else {
            throw Failure(
                .configuration,
                "a publication was interrupted whose plan is of schema \(schema); this program knows 1",
                at: path,
                remedy: "finish it with the version of kingsnake that began it"
            )
        }
        targets = try fields.strings("targets")
        removals = try fields.strings("removals")
    }

    func encoded() -> [UInt8] {
        let json: JSONValue = [
            "schema": 1, "targets": .array(targets.map { .string($0) }),
            "removals": .array(removals.map { .string($0) }),
        ]
        return JSONWriter.encode(json, .indented)
    }

    /// Refuses (`channel.plan-unsafe`) a path that is not of a file that readers see, below the channel's
    /// folder and not through a link. A copy of a channel that somebody else made may hold a plan, and links,
    /// of their choice.
    static func check(_ path: String, in channel: String) throws {
        guard TargetPath(path) != nil, !path.utf8.starts(with: ".kingsnake".utf8) else {
            throw Refusal(
                ChannelCode.planUnsafe,
                path,
                expected: "a path below the channel's folder",
                found: "`\(path)`"
            )
        }
        var folder = channel
        // Bytes: a combining mark after a slash would hide the slash from a split by characters.
        for name in path.utf8.split(separator: UInt8(ascii: "/")).dropLast() {
            folder += "/" + String(decoding: name, as: UTF8.self)
            guard Folder.isSymbolicLink(folder) else { continue }
            throw Refusal(
                ChannelCode.planUnsafe,
                path,
                at: folder,
                expected: "a folder",
                found: "a symbolic link"
            )
        }
    }
}
