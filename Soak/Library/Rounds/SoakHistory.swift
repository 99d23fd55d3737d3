// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization

/// What happened, as those saw it who asked: everything that checkers need, and a file with it for whoever
/// looks into a finding.
public final class SoakHistory: Sendable {
    struct State {
        var tick = 0
        var uploads: [UploadAttempt] = []
        var accepted: [HostedName] = []
        var changes: [ChangeAttempt] = []
        var mints: [MintAttempt] = []
        var metadata: [Sighting] = []
        var checkpoints: [Sighting] = []
        var findings: [Finding] = []
        var publicText = Data()
        var answers: [String: Int] = [:]
        var counts: [String: Int] = [:]
        var lastAccepted: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let file: FileHandle?

    /// - Parameter path: of the file to write; nil for none.
    public init(writingTo path: String?) {
        if let path { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        file = path.flatMap { FileHandle(forWritingAtPath: $0) }
    }

    /// A number that is higher each time.
    func tick() -> Int {
        state.withLock {
            $0.tick += 1
            return $0.tick
        }
    }

    func add(_ upload: UploadAttempt) {
        write("upload", upload)
        state.withLock {
            $0.uploads.append(upload)
            if upload.fate.isSuccess {
                $0.lastAccepted = .now
                $0.accepted.append(upload.name)
            }
            $0.answers["upload " + Self.text(upload.fate, upload.code), default: 0] += 1
        }
    }

    func add(_ change: ChangeAttempt) {
        write("change", change)
        state.withLock {
            $0.changes.append(change)
            $0.answers["\(change.change.rawValue) " + Self.text(change.fate, nil), default: 0] += 1
        }
    }

    func add(_ mint: MintAttempt) {
        write("mint", mint)
        state.withLock {
            $0.mints.append(mint)
            $0.answers["mint " + Self.text(mint.fate, nil), default: 0] += 1
        }
    }

    func addMetadata(_ sighting: Sighting) {
        write("metadata", sighting)
        state.withLock { $0.metadata.append(sighting) }
    }

    func addCheckpoint(_ sighting: Sighting) {
        write("checkpoint", sighting)
        state.withLock { $0.checkpoints.append(sighting) }
    }

    func find(_ finding: Finding) {
        write("finding", finding)
        state.withLock { $0.findings.append(finding) }
    }

    func note(_ text: String) { write("note", text) }

    /// Keeps what everybody may read, to be searched for secrets.
    func addPublic(_ text: [UInt8]) {
        state.withLock { if $0.publicText.count < 64 << 20 { $0.publicText += text + [0x0A] } }
    }

    func count(_ what: String, _ number: Int = 1) { state.withLock { $0.counts[what, default: 0] += number } }

    /// What everybody could read since the last time this was asked.
    func takePublicText() -> Data {
        state.withLock { state in
            defer { state.publicText = Data() }
            return state.publicText
        }
    }

    /// The last names under which something was accepted, the newest at the end.
    func lastAccepted(_ count: Int) -> [HostedName] { state.withLock { Array($0.accepted.suffix(count)) } }

    var current: State { state.withLock { $0 } }
    var findings: [Finding] { state.withLock { $0.findings } }
    /// How long ago an upload was accepted.
    var sinceAccepted: Duration? { state.withLock { $0.lastAccepted.map { .now - $0 } } }

    private static func text(_ fate: Fate, _ code: String?) -> String {
        guard case .answered(let status) = fate else { return "not answered" }
        return "\(status)" + (code.map { " \($0)" } ?? "")
    }

    private func write(_ kind: String, _ value: some Encodable) {
        guard let file else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let text = try? encoder.encode([kind: value]) else { return }
        try? file.write(contentsOf: text + Data([0x0A]))
    }
}
