// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import Foundation
internal import TrustCore

/// A home folder for clients of a trial: what is in the user's is in it by links, but for the list of environments.
///
/// conda makes that list anew, or says that it was changed now, though it is told not to keep one, and mamba writes down each
/// environment that it makes, whatever it is told. Where it lies is said by `HOME` alone. So settings are the user's own, and
/// what a client makes in a home by itself goes with the trial.
///
/// What a client writes into other folders of the home that are there already is written into the user's.
enum TrialHome {
    /// Where conda, and mamba after its example, keep the list.
    private static let listFolder = ".conda"
    private static let list = "environments.txt"

    /// Makes it at a path where nothing is. A home that is not there has nothing to show.
    static func make(at path: String, of home: String) throws {
        try link(Folder.names(in: home).filter { $0 != listFolder }, of: home, in: path)
        let (known, own) = ("\(home)/\(listFolder)", "\(path)/\(listFolder)")
        if Folder.isFolder(known) {
            try link(Folder.names(in: known).filter { $0 != list }, of: known, in: own)
        }
    }

    private static func link(_ names: [String], of folder: String, in path: String) throws {
        try Folder.create(path, mode: 0o700)
        for name in names {
            do {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(path)/\(name)",
                    withDestinationPath: "\(folder)/\(name)"
                )
            } catch {
                throw Failure(.disk, "could not make a link", at: "\(path)/\(name)", cause: error)
            }
        }
    }
}
