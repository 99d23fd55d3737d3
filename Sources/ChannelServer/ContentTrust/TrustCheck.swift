// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import TUF
import TrustCore

/// A check of the content trust of a channel that TUF signs: metadata that holds, and in every index form every record
/// signed by it.
///
/// It starts from the `1.root.json` that is served, so that it shows that the folder agrees with itself.
struct TrustCheck {
    private let directory: String
    private let trust: ChannelTrust

    /// Reads the metadata; nil if the channel has none.
    ///
    /// - Throws: `channel.trust-missing`, a `content-trust.…` code, `content-trust.expired` among them, also of what
    ///   mamba needs, if keys are named that sign for it.
    init?(directory: String, now: Timestamp) throws {
        guard let trust = try ChannelTrust(directory: directory, keys: nil) else { return nil }
        try trust.checkExpiry(now: now)
        if let defect = trust.packageManagerDefect { throw defect }
        if trust.profile.forms.contains(.mamba) {
            guard let packageManager = trust.packageManager else {
                throw Refusal(
                    ChannelCode.trustMissing,
                    directory,
                    expected: "`\(PackageManagerFile.name)`, for keys are named that sign for mamba",
                    found: "none"
                )
            }
            try packageManager.checkExpiry(now: now)
        }
        self.directory = directory
        self.trust = trust
    }

    /// Every record of a subdir's index is signed, in both files that carry signatures; answers how many there are.
    func check(
        _ subdir: Subdir,
        _ metadata: TargetsMetadata,
        mambaForm: @escaping MambaFormSource
    ) throws -> Int {
        let files = SignedFiles(directory: directory)
        var count = 0
        for name in [ChannelLayout.plainIndex, ChannelLayout.currentIndex] {
            guard let bytes = try files.bytes(name, in: subdir, metadata) else { continue }
            let file = ChannelLayout.file(name, in: subdir)
            let signatures = try IndexSignatures(
                StoredBytes(bytes, of: file),
                file: file,
                of: subdir,
                by: RecordKeys(trust.authority),
                mambaForm: mambaForm
            )
            try signatures.check()
            if name == ChannelLayout.plainIndex { count = signatures.signedCount }
        }
        return count
    }
}
