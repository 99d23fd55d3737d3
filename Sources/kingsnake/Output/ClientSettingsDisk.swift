// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import DurableFiles
import Foundation
import TrustCore

/// Settings files of clients on this machine's disk, with the copies beside them and the list of those that were changed.
///
/// Every step leaves whole files, and is remembered before it is done, so that `disable` finds it whatever was interrupted. Two
/// runs at the same time are not kept apart.
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

    /// Which files were changed.
    func enabled() throws -> EnabledClients {
        guard let bytes = try DurableFile.read(list, maximumLength: EnabledClients.maximumLength) else {
            return EnabledClients()
        }
        return try EnabledClients(parsing: bytes, of: list)
    }

    /// Writes a file with our lines.
    func enable(_ change: SettingsChange, for client: String, by proxy: ClientProxy) throws {
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
        try Folder.create(home, mode: 0o700)
        try DurableFile.write(known.encoded, to: list, mode: 0o600)
        try Folder.create(Folder.parent(of: change.path))
        if let original = change.original {
            let mode = try DurableFile.permissions(of: change.path) ?? 0o600
            try DurableFile.write(original, to: copy, mode: mode)
        }
        if let after = change.after, change.isChange { try DurableFile.replace(after, at: change.path) }
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
