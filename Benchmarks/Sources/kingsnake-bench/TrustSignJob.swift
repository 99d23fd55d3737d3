// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Signs every record of an index in the format of conda content trust, as `kingsnake content-trust sign` does in a
/// folder of indexes.
struct TrustSignJob {
    let path: String
    /// What ``TrustBuildJob`` made.
    let trust: String
    /// The folder to make.
    let folder: String

    /// How many signatures were made.
    func run() async throws -> String {
        try TrustFolder.make(folder, of: path, by: trust)
        let report = try await TrustFolder.sign(folder, keys: folder + "/keys")
        return "\(report.subdirs.reduce(0) { $0 + $1.signatureCount })"
    }
}

/// A folder of one index, metadata of content trust and a key.
enum TrustFolder {
    static func subdir() throws -> Subdir { try Subdir("linux-64") }
    static let metadata = ["1.root.json", "key_mgr.json"]

    /// Makes a folder whose index is a link to another file: signing replaces the link, and copies nothing before.
    static func make(_ folder: String, of index: String, by trust: String) throws {
        try Folder.create(folder + "/linux-64", mode: 0o755)
        try Folder.create(folder + "/keys", mode: 0o700)
        for name in metadata { try copy(name, from: trust, to: folder, mode: 0o644) }
        try copy("keys/package-1.key", from: trust, to: folder, mode: 0o600)
        let target = index.hasPrefix("/") ? index : workingFolder() + "/" + index
        let link = folder + "/linux-64/repodata.json"
        guard symlink(target, link) == 0 else { throw WholeFile.Unreadable(path: link, reason: errno) }
    }

    static func sign(_ folder: String, keys: String) async throws -> RecordSigningReport {
        let channel = try PlainChannel(
            directory: folder,
            keys: KeyRing(directory: keys),
            passphrase: { _ in nil },
            now: TUFInputs.now
        )
        return try await channel.sign([subdir()], now: TUFInputs.now)
    }

    private static func copy(_ name: String, from: String, to: String, mode: UInt16) throws {
        try DurableFile.writeWithoutSync(TUFInputs.read(from + "/" + name), to: to + "/" + name, mode: mode)
    }

    private static func workingFolder() -> String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }
}
