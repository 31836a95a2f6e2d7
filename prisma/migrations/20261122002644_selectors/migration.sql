-- AlterTable
ALTER TABLE "maintenances" ADD COLUMN     "selected" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "selector" TEXT,
ADD COLUMN     "selector_follows" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "series" ADD COLUMN     "selector" TEXT,
ADD COLUMN     "selector_follows" BOOLEAN NOT NULL DEFAULT false;
