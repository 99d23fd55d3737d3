// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import DurableFiles
import Foundation
import TrustCore

/// Settings files of clients on this machine's disk, with the copies beside them and the list of those that were changed.
///
/// Every step leaves whole files, and is remembered before it is done, so that `disable` finds it whatever was interrupted.
/// Runs at the same time wait for each other; that somebody else writes into a file in the very moment is not noticed.
struct ClientSettingsDisk {
    /// The user's data folder.
    let home: String

    /// The longest settings file.
    private static let maximumLength = 1 << 20

    private var list: String { home + "/clients.json" }

    /// What is in a file; nil if there is none.
    static func contents(_ path: String) throws -> [UInt8]? {
        guard !Folder.isFolder(path) else { return nil }
        return try DurableFile.read(path, maximumLength: maximumLength)
    }

    /// Does something while no other run changes settings files. What is made of the data folder goes again if it stays empty.
    ///
    /// - Parameter body: is told which folders were made.
    func whileAlone(_ body: (_ made: [String]) throws -> Void) throws {
        let missing = Self.missingFolders(above: list)
        try Folder.create(home, mode: 0o700)
        let lock = try FileLock(onExisting: home)
        defer { withExtendedLifetime(lock) {} }
        defer { for folder in missing.reversed() { DurableFile.removeEmptyFolder(folder) } }
        try body(missing)
    }

    /// Demands that a file is still as the user was shown it, and that no secret gets into it that others could read there.
    ///
    /// - Throws: `client.settings-secret`, or a `Failure`.
    func check(_ change: SettingsChange) throws {
        guard try Self.contents(change.path) == change.before else {
            throw Failure(
                .disk,
                "the file was changed meanwhile, and is left as it is",
                at: change.path,
                remedy: "run the command again"
            )
        }
        try change.checkSecrets(permissions: DurableFile.permissions(of: change.path))
    }

    /// Which files were changed.
    func enabled() throws -> EnabledClients {
        guard let bytes = try DurableFile.read(list, maximumLength: EnabledClients.maximumLength) else {
            return EnabledClients()
        }
        return try EnabledClients(parsing: bytes, of: list)
    }

    /// Writes a file with our lines.
    ///
    /// - Parameter made: the folders that were made for the list.
    func enable(_ change: SettingsChange, for client: String, by proxy: ClientProxy, made: [String]) throws {
        // A link that leads nowhere is found out before anything is written.
        _ = try DurableFile.target(of: change.path)
        var known = try enabled()
        let copy = change.path + EnabledClients.copyEnding
        if known.file(change.path)?.copy == nil, change.original != nil, Folder.exists(copy) {
            throw Failure(
                .disk,
                "there is a copy from before already, and no list that knows of it",
                at: copy,
                remedy: "move it away"
            )
        }
        known.remember(
            EnabledClients.File(
                client: client,
                path: change.path,
                proxy: proxy.address,
                original: change.original.map { Digest.of($0) },
                copy: change.original == nil ? nil : copy,
                folders: known.file(change.path)?.folders ?? Self.missingFolders(above: change.path)
            )
        )
        if known.folders.isEmpty { known.folders = made }
        try DurableFile.write(known.encoded, to: list, mode: 0o600)
        try Folder.create(Folder.parent(of: change.path))
        if let original = change.original {
            let mode = try DurableFile.permissions(of: change.path) ?? 0o600
            try DurableFile.write(original, to: copy, mode: mode)
        }
        guard let after = change.after, change.isChange else { return }
        try DurableFile.replace(after, at: change.path, mode: 0o600)
    }

    /// Writes a file without our lines, or removes it if there was none, and then everything that was made for it.
    func disable(_ change: SettingsChange?, _ file: EnabledClients.File) throws {
        if let change, change.isChange {
            if let after = change.after {
                try DurableFile.replace(after, at: file.path)
            } else {
                try DurableFile.remove(try DurableFile.target(of: file.path) ?? file.path)
            }
        }
        if let copy = file.copy { try DurableFile.remove(copy) }
        for folder in file.folders.reversed() { DurableFile.removeEmptyFolder(folder) }
        var known = try enabled()
        known.forget(file.path)
        if known.files.isEmpty {
            try DurableFile.remove(list)
            for folder in known.folders.reversed() { DurableFile.removeEmptyFolder(folder) }
        } else {
            try DurableFile.write(known.encoded, to: list, mode: 0o600)
        }
    }

    private static func missingFolders(above path: String) -> [String] {
        var folders: [String] = []
        var folder = Folder.parent(of: path)
        while !Folder.exists(folder), folder != Folder.parent(of: folder) {
            folders.insert(folder, at: 0)
            folder = Folder.parent(of: folder)
        }
        return folders
    }
}
