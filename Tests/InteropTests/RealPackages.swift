// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

/// Packages that conda, conda-build, rattler-build and others made, from the shared data.
enum RealPackages {
    /// The folder of conda's own test channel, which comes with its index.
    static let recipes = SharedData.root + "/conda/conda-conda/tests/data/test-recipes/noarch"

    /// Packages that are good, below the data's folder.
    static let files: [String] = {
        let own = [
            "conda-package-handling/tests/data/cph_test_data-0.0.1-0.tar.bz2",
            "conda-index/tests/archives/conda-index-pkg-a-1.0-pyhed9eced_1.tar.bz2",
            "conda-index/tests/archives/conda-forge-repodata-patches-20180828-0.tar.bz2",
            "rattler/test-data/link-scripts/link-scripts-0.1.0-h4616a5c_0.conda",
            "rattler/test-data/packages/empty-0.1.0-h4616a5c_0.conda",
            "rattler/test-data/clobber/clobber-with-symlink-a-0.1.0-h4616a5c_0.conda",
            "mamba/micromamba/test-server/channel_a/noarch/_r-mutex-1.0.1-anacondar_1.tar.bz2",
            "mamba/micromamba/test-server/repo/noarch/test-package-0.1-0.tar.bz2",
        ]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: recipes)) ?? []
        return own.map { "\(SharedData.root)/conda/\($0)" }
            + names.filter { $0.hasSuffix(".conda") }.sorted().map { "\(recipes)/\($0)" }
    }()

    /// What to install together.
    static let specs: [[String]] = [
        ["cph_test_data"], ["conda-index-pkg-a"], ["conda-forge-repodata-patches"],
        ["link-scripts", "empty"],
        ["clobber-with-symlink-a"], ["_r-mutex", "test-package"],
        ["sample_noarch_python", "small-executable", "activate_deactivate_package"], ["another_dependent"],
        ["post_link-b", "pre_link_messages_package"],
    ]
}
