// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What can be done to a file that a channel has.
enum FileStateChange: String, Sendable, CaseIterable {
    /// Out of the index; its bytes can still be downloaded by those who hold a lock.
    case yank
    /// Back into the index.
    case unyank
    /// Out of the index, and its bytes are not served any more: for good.
    case remove

    /// What whoever asks for it must be allowed to do.
    var action: ServerAction { self == .remove ? .remove : .yank }

    private var state: HostedFile.State {
        switch self {
        case .yank: .yanked
        case .unyank: .listed
        case .remove: .removed
        }
    }

    private var event: PublishLogEntry.Event {
        switch self {
        case .yank: .yank
        case .unyank: .unyank
        case .remove: .remove
        }
    }

    /// Changes a file's state, says so in the publish log, and marks its index: all in one transaction. What
    /// is so already changes nothing, and is no second event.
    ///
    /// Whether whoever asks for it may do so was decided before.
    ///
    /// - Parameters:
    ///   - actor: who does it; nil for the owner of the server's folder.
    ///   - reason: why, in the words of whoever does it, for the log; nil for none.
    /// - Returns: the file as it is now, and whether it changed.
    /// - Throws: `upload.file-unknown`, `upload.file-removed`.
    func apply(
        to fileName: ArchiveFileName,
        in subdir: Subdir,
        of channel: HostedChannel,
        by actor: FilePublisher?,
        because reason: String?,
        _ parts: ServerParts
    ) async throws -> (file: HostedFile, hasChanged: Bool) {
        let events = FileEvents(publicURL: parts.publicURL, now: parts.now())
        let name = "\(subdir.text)/\(fileName.text)"
        let result = try await parts.database.write { transaction in
            guard var file = try transaction.file(fileName, in: subdir, of: channel.id) else {
                throw Refusal(UploadCode.fileUnknown, name)
            }
            guard file.state != state else { return (file, false) }
            guard file.state != .removed else { throw Refusal(UploadCode.fileRemoved, name) }
            file.state = state
            var entry = events.entry(event, of: channel, subdir, fileName, by: actor)
            entry.sha256 = file.sha256
            if let reason { entry.details["reason"] = .string(reason) }
            _ = try events.append(entry, of: channel, to: transaction)
            try transaction.update(file)
            return (file, true)
        }
        if result.1 { parts.changed() }
        return (file: result.0, hasChanged: result.1)
    }
}
