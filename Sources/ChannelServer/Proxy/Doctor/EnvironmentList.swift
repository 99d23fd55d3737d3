// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import TrustCore

/// conda's list of a user's environments, in which mamba writes down each that it makes, whatever it is told.
struct EnvironmentList {
    private let path: String
    private let wasThere: Bool

    private static let maximumLength = 16 << 20

    /// Takes the list of a home folder, as it is before environments are made.
    init(_ home: String) {
        path = home + "/.conda/environments.txt"
        wasThere = Folder.exists(path)
    }

    /// Takes out the environments below a folder; a list that was made for them goes.
    ///
    /// What cannot be read or written stays: mamba takes out by itself what is not there any more.
    func forget(below folder: String) {
        guard let bytes = try? DurableFile.read(path, maximumLength: Self.maximumLength) else { return }
        let start = Array(folder.utf8) + [UInt8(ascii: "/")]
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        let kept = lines.filter { !$0.starts(with: start) }
        guard kept.count < lines.count else { return }
        if kept.allSatisfy(\.isEmpty), !wasThere {
            try? DurableFile.remove(path)
        } else {
            try? DurableFile.replace(Array(kept.joined(separator: [0x0A])), at: path)
        }
    }
}
