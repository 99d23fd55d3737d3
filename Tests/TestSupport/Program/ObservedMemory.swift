// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TrustCore

/// What a user's machine remembers of channels that are only observed.
public enum ObservedMemory {
    /// Lets everything be confirmed longer ago, so that the next process asks for it again.
    ///
    /// - Parameter home: the user's folder, `KINGSNAKE_HOME`.
    public static func age(in home: String, bySeconds seconds: Int64) throws {
        let folder = home + "/observed"
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for file in files where ["state.json", "shards.json"].contains(file.split(separator: "/").last ?? "")
        {
            let path = "\(folder)/\(file)"
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            guard var state = try JSONReader.read(bytes, of: file).object,
                let checked = state["checked"]?.string.flatMap({ Timestamp($0) })
            else { throw Failure(.configuration, "there is no time in it", at: path) }
            state["checked"] = .string("\(checked.advanced(bySeconds: -seconds))")
            try TemporaryFolder.write(JSONWriter.encode(.object(state)), to: path)
        }
    }
}
