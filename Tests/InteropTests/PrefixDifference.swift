// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One thing in which a prefix of ours and one of py-rattler's differ.
struct PrefixDifference: CustomStringConvertible {
    let at: String
    let what: String
    let ours: JSONValue
    let theirs: JSONValue

    /// Reads the answer of `compare_prefix`.
    static func all(in answer: JSONValue) -> [PrefixDifference] {
        (answer.array ?? []).compactMap { difference in
            guard let at = difference["at"]?.string, let what = difference["what"]?.string,
                let ours = difference["ours"], let theirs = difference["theirs"]
            else { return nil }
            return PrefixDifference(at: at, what: what, ours: ours, theirs: theirs)
        }
    }

    /// Whether it is in a record of `conda-meta`.
    var isInRecord: Bool { at.hasPrefix("conda-meta/") && at.hasSuffix(".json") }
    /// Whether the record has the member and the peer's has not.
    var isOnlyOurs: Bool { ours != .null && theirs == .null }

    var description: String {
        func text(_ value: JSONValue) -> String { String(decoding: JSONWriter.encode(value), as: UTF8.self) }
        return "\(at): \(what): ours \(text(ours)), theirs \(text(theirs))"
    }
}

/// A difference that is meant to be. There are no others.
struct DeliberateDifference: Sendable {
    let name: String
    let reason: String
    let covers: @Sendable (PrefixDifference) -> Bool

    static let all: [DeliberateDifference] = [
        DeliberateDifference(
            name: "cache tag",
            reason:
                "py-rattler marks prefixes as caches, which backups may leave out; conda does not, nor do we"
        ) { $0.at == "CACHEDIR.TAG" && $0.what == "presence" && $0.ours == .null },
        DeliberateDifference(
            name: "history",
            reason: "py-rattler leaves it empty; conda and we say what was installed and when"
        ) { $0.at == "conda-meta/history" && $0.what == "bytes" },
        DeliberateDifference(
            name: "mode of records",
            reason:
                "py-rattler's stay as private as its temporary files; conda's and ours follow the umask, so "
                + "that "
                + "other users of a shared prefix can list it"
        ) { $0.isInRecord && $0.what == "mode" && $0.theirs == "600" },
        DeliberateDifference(
            name: "mode of entry points",
            reason: "py-rattler lets the group write to a program, whatever the umask; conda and we do not"
        ) { $0.what == "mode" && $0.at.hasPrefix("bin/") && $0.ours == "755" && $0.theirs == "775" },
        DeliberateDifference(
            name: "channel",
            reason: "py-rattler ends the channel's URL with a slash; conda and we do not"
        ) { $0.isInRecord && $0.what == "channel" && $0.ours.string.map { $0 + "/" } == $0.theirs.string },
        DeliberateDifference(
            name: "unpacked folder",
            reason: "we unpack into a folder beside the prefix which does not stay; only archives are cached"
        ) {
            $0.isInRecord && ["extracted_package_dir", "link.source"].contains($0.what) && $0.ours != .null
        },
        DeliberateDifference(
            name: "archive",
            reason: "conda and we name the archive in the cache, py-rattler does not"
        ) { $0.isInRecord && $0.what == "package_tarball_full_path" && $0.isOnlyOurs },
        DeliberateDifference(
            name: "requested",
            reason:
                "a package that is named by its URL was asked for: conda would remove it as an orphan "
                + "otherwise"
        ) { $0.isInRecord && ["requested_spec", "requested_specs"].contains($0.what) && $0.ours != .null },
        DeliberateDifference(
            name: "digest in the prefix",
            reason:
                "py-rattler writes it only of files with a replaced prefix; conda and we of all, for audits"
        ) { $0.isInRecord && $0.what.hasSuffix("].sha256_in_prefix") && $0.isOnlyOurs },
    ]
}
