// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
public import SigningKeys
internal import TrustCore

/// What a client keeps of a log: whose word counts, the newest checkpoint it has seen, and entries for a
/// monitor.
public struct LogMemory: Sendable {
    /// The folder of this one log.
    public let directory: String

    /// - Parameters:
    ///   - home: the user's trust store.
    ///   - url: the log's URL.
    public init(home: String, url: String) {
        var url = url
        while url.utf8.last == UInt8(ascii: "/") { url.removeLast() }
        directory = "\(home)/logs/\(Digest.of(Array(url.utf8)).hex)"
    }

    /// Whose word counts; nil if nothing was kept.
    public func policy() throws -> LogPolicy? {
        try DurableFile.read(path("policy"), maximumLength: LogPolicy.maximumLength)
            .map { try LogPolicy(parsing: $0, of: path("policy")) }
    }

    /// Keeps whose word counts.
    ///
    /// - Parameter text: a policy file, which was read.
    public func keep(policy text: [UInt8]) throws {
        try Folder.createDurably(directory)
        try DurableFile.write(text, to: path("policy"))
    }

    /// The newest checkpoint that was verified; nil for none.
    func checkpoint() throws -> SignedNote? {
        try DurableFile.read(path("checkpoint"), maximumLength: SignedNote.maximumLength)
            .map { try SignedNote(parsing: $0) }
    }

    func keep(_ checkpoint: SignedNote) throws {
        try Folder.createDurably(directory)
        try DurableFile.write(checkpoint.encoded(), to: path("checkpoint"))
    }

    /// Keeps a checkpoint that contradicts another, and answers where: with the other one it is a proof for
    /// everybody.
    func keepEvidence(_ checkpoint: SignedNote) throws -> String {
        let name = "evidence-" + Digest.of(checkpoint.encoded()).hex.prefix(16)
        try Folder.createDurably(directory)
        try DurableFile.write(checkpoint.encoded(), to: path(name))
        return path(name)
    }

    /// Entries that a monitor has seen, a bundle to a file; nil where it kept none.
    func bundle(_ index: Int64) throws -> [UInt8]? {
        try DurableFile.read(path("entries/\(index)"), maximumLength: EntryBundle.maximumLength)
    }

    func keep(bundle bytes: [UInt8], _ index: Int64) throws {
        try Folder.createDurably(path("entries"))
        try DurableFile.write(bytes, to: path("entries/\(index)"))
    }

    /// What a monitor told before; nothing where it never ran, or what was kept cannot be read.
    public func monitorState() throws -> MonitorState {
        guard
            let bytes = try DurableFile.read(
                path("monitor.json"),
                maximumLength: MonitorState.maximumLength
            )
        else { return MonitorState() }
        return (try? MonitorState(parsing: bytes)) ?? MonitorState()
    }

    /// Keeps what a monitor told.
    public func keep(_ state: MonitorState) throws {
        try Folder.createDurably(directory)
        try DurableFile.write(state.encoded(), to: path("monitor.json"))
    }

    private func path(_ name: String) -> String { "\(directory)/\(name)" }
}
