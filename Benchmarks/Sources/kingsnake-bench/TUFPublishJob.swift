// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TUF
import TrustCore

/// Publishes one more target of a repository. The new files go to another folder, so that it stays as it is.
struct TUFPublishJob {
    let folder: String
    let key: String
    let out: String

    /// The names and lengths of the files, in the order they were written.
    func run() async throws -> String {
        let root = try TUFInputs.read(folder + "/1.root.json")
        var editor = try RepositoryEditor(onDemand: root) { [folder] name in
            try DurableFile.read(folder + "/" + name, maximumLength: 1 << 30)
        }
        editor.lifetimes = TUFInputs.lifetimes
        let path = try TUFInputs.path("linux-64/a-new-package-1.0-0.conda")
        try editor.setTarget(path, to: TUFInputs.file(path), in: editor.role(for: path))
        let files = try await editor.publish(signers: [TUFInputs.key(key)], now: TUFInputs.made)
        try Folder.create(out, mode: 0o755)
        for file in files { try RawFile.write(file.bytes, to: out + "/" + file.name) }
        return files.map { "\($0.name) \($0.bytes.count)" }.joined(separator: "\n")
    }
}
